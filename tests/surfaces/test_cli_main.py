"""Every command is listed, helps itself and fails in one line."""

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
