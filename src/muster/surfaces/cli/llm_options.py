"""Options of commands that may read with a language model: `--reader learned|rules|llm --base-url URL --model NAME`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from muster.base.errors import InputError

if TYPE_CHECKING:
    from muster.reading.llm import LlmReader

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_CACHE = ".muster/llm"


def llm_options(function: F) -> F:
    """Add `--reader`, `--base-url`, `--model`, `--llm-cache`, `--llm-timeout`; the key is MUSTER_LLM_API_KEY."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


_OPTIONS = (
    click.option("--reader", "reader_name", type=click.Choice(["learned", "rules", "llm"]), default="learned",
                 show_default=True,
                 help="Rules and the small network that comes with muster; rules alone (faster, finds less); a "
                      "language model (its quotes are verified all the same)."),
    click.option("--base-url", envvar="MUSTER_LLM_BASE_URL", metavar="URL",
                 help="OpenAI-compatible endpoint, such as http://localhost:8000/v1. The key, if any, is taken from "
                      "MUSTER_LLM_API_KEY."),
    click.option("--model", envvar="MUSTER_LLM_MODEL", metavar="NAME", help="The model to ask."),
    click.option("--llm-cache", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_CACHE,
                 show_default=True, help="Folder of answers by content."),
    click.option("--llm-timeout", type=click.FloatRange(1, 3600), default=60.0, show_default=True,
                 help="Seconds of silence before a request is given up."),
)  # fmt: skip


def open_llm_reader(base_url: str | None, model: str | None, cache: Path | None, timeout_s: float) -> "LlmReader":
    """Return the reader that the options describe; InputError names the option that is missing."""
    from muster.reading.llm import ChatClient, ChatLimits, LlmReader

    if not base_url or not model:
        missing = "--base-url" if not base_url else "--model"
        raise InputError(f"--reader llm without {missing}", rule="an endpoint and a model are needed")
    return LlmReader(ChatClient(base_url, model, cache=cache, limits=ChatLimits(timeout_s=timeout_s)))


def print_reports(reader: "LlmReader") -> None:
    """Print one line for each document that was not read whole or has statements for review, on stderr."""
    for report in reader.reports:
        if report.n_review or not report.is_complete:
            click.echo(f"muster: {report.sentence()}", err=True)
        for reason, row in report.refused:
            click.echo(f"muster: {report.document_id}: refused ({reason}): {row}", err=True)
