"""Where tests find the development data: a folder `shared` beside the checkout, absent on a newcomer's machine."""

from pathlib import Path

import pytest


def shared_path(relative: str) -> Path:
    """Return a file of the development data, or skip the test with the reason."""
    for parent in Path(__file__).resolve().parents:
        candidate = parent / "shared" / relative
        if candidate.exists():
            return candidate
    return pytest.skip(f"development data not beside the checkout: shared/{relative}")
