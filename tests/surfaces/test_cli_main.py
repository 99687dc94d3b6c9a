"""Every command is listed, helps itself and fails in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from muster.surfaces.cli.main import COMMANDS, main, root


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_examples(name: str) -> None:
    """`muster NAME --help` shows at least one example that starts with `muster NAME`."""
    result = CliRunner().invoke(root, [name, "--help"])

    assert result.exit_code == 0, result.output
    assert "Example" in result.output
    assert f"muster {name}" in result.output


def test_an_unknown_case_is_one_line_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback reaches a user."""
    from muster.base.errors import NotFoundError

    with pytest.raises(SystemExit) as stop:
        main(["roll", "--case", "atlantis-1999"])
    captured = capsys.readouterr()

    assert stop.value.code == NotFoundError.exit_code
    assert captured.err.startswith("muster: case 'atlantis-1999' is not known")
    assert captured.err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    """What could not be written is told, with an exit code and without a traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from muster.surfaces.cli.main import main; main(['cases'])"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "muster: No space left on device.\n"


def test_a_folder_that_cannot_be_made_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An error of the system that no room names itself is told with its place."""
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(SystemExit) as stop:
        main(["brief", "--ledger", f"{tmp_path}/x.sqlite", "--out", f"{tmp_path}/file/brief.html", "--no-passage"])

    captured = capsys.readouterr()
    assert stop.value.code != 0
    assert captured.err.splitlines()[-1].startswith("muster: ")
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(("told", "expected"), [(None, "1"), ("3", "3")])
def test_matrices_are_multiplied_by_one_thread_unless_told(told: str | None, expected: str) -> None:
    """More threads do the many small ones of the reader no sooner, with twice the work."""
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if told:
        environment["OPENBLAS_NUM_THREADS"] = told
    code = "import os, muster.surfaces.cli.main; print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected
