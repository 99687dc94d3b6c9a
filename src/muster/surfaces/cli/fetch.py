"""`muster fetch` and `muster watch`: get documents from URLs, feeds and GDELT, politely and within bounds."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import click
from rich.console import Console

from muster.base.document import Document
from muster.base.errors import InputError, MusterError, RemoteError

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("urls", nargs=-1, metavar="[URL]..."),
    click.option("--feed", "feeds", multiple=True, metavar="URL", help="An RSS or Atom feed; may be given often."),
    click.option(
        "--gdelt", "queries", multiple=True, metavar="QUERY",
        help="A query to the GDELT DOC 2.0 API; may be given often.",
    ),
    click.option(
        "--timespan", default="1w", show_default=True, help="How far back GDELT looks: 90min, 12h, 3d, 1w, 2m."
    ),
    click.option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="JSON lines to add documents to, each once.  [default: standard output]",
    ),
    click.option(
        "--state", "state_path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
        help="Journal of what was fetched, for the next run.  [default: the --out file with .state added]",
    ),
    click.option(
        "--max-documents", type=click.IntRange(1), default=100, show_default=True,
        help="Stop after so many new documents.",
    ),
    click.option(
        "--delay", "delay_s", type=click.FloatRange(0, 3600), default=2.0, show_default=True,
        help="Seconds between two requests to one host; a longer Crawl-delay of the host wins.",
    ),
    click.option(
        "--contact", default="", metavar="TEXT", help="E-mail or URL for the User-Agent, so that sites can reach you."
    ),
    click.option(
        "--allow-private-addresses", is_flag=True,
        help="For tests and intranets: also ask private addresses and any port. Never with URLs of others.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No progress and no summary on standard error."),
)  # fmt: skip


def _source_options(function: F) -> F:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class _Order:
    """What to fetch and where to put it."""

    urls: tuple[str, ...]
    feeds: tuple[str, ...]
    queries: tuple[str, ...]
    timespan: str
    out: Path | None
    state_path: Path | None
    max_documents: int
    delay_s: float
    contact: str
    allow_private_addresses: bool
    quiet: bool


@click.command()
@_source_options
def fetch(**options: Any) -> None:
    """Get documents from the web as JSON lines that `muster read` takes.

    Only public addresses are asked, robots.txt is respected, sizes and times are bounded. A second run with the same
    --out or --state goes on where the first stopped and takes only what is new or changed.

    \b
    Examples:
      muster fetch https://example.org/article --out docs.jsonl
      muster fetch --feed https://example.org/rss.xml --max-documents 20 --out docs.jsonl
      muster fetch --gdelt '"strait of hormuz" escort sourcelang:english' --timespan 3d --out docs.jsonl
      muster read docs.jsonl
    """
    order = _Order(**options)
    with _Run(order) as run:
        n_documents, n_failed = run.once()
    if n_failed and not n_documents:
        raise RemoteError(f"nothing could be fetched ({n_failed} failed)", next_step="See the lines above")


@click.command()
@_source_options
@click.option("--every", "every_min", type=click.FloatRange(0), default=30.0, show_default=True, metavar="MINUTES",
              help="Minutes from the end of one round to the start of the next.")  # fmt: skip
@click.option("--times", "n_rounds", type=click.IntRange(1), metavar="N", help="Stop after N rounds.  [default: never]")
def watch(every_min: float, n_rounds: int | None, **options: Any) -> None:
    """Repeat `muster fetch`: each round takes what is new or changed.

    Stop it with Ctrl-C at any time; nothing is lost and nothing is fetched twice.

    \b
    Examples:
      muster watch --feed https://example.org/rss.xml --out docs.jsonl
      muster watch --gdelt 'hormuz coalition' --every 60 --times 24 --out docs.jsonl
    """
    with _Run(_Order(**options)) as run:
        number = 1
        run.once()
        while n_rounds is None or number < n_rounds:
            time.sleep(60 * every_min)
            number += 1
            run.once()


class _Run:
    """The fetcher, the journal and the ids already written, kept over the rounds of a watch."""

    def __init__(self, order: _Order) -> None:
        from muster.documents.fetching import Fetcher, Limits
        from muster.documents.visits import Visits

        if not (order.urls or order.feeds or order.queries):
            raise InputError("nothing to fetch", next_step="Give URLs, --feed or --gdelt; see `muster fetch --help`")
        self._order = order
        self._console = Console(stderr=True, highlight=False, soft_wrap=True, quiet=order.quiet)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        state_path = order.state_path or (order.out and order.out.with_name(order.out.name + ".state"))
        self._visits = Visits(state_path or None)
        self._written = _ids_in(order.out) if order.out else set()
        self._fetcher = Fetcher(
            limits=Limits(delay_s=order.delay_s), allow_private=order.allow_private_addresses, contact=order.contact
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._fetcher.close()

    def once(self) -> tuple[int, int]:
        """Fetch what is new; return the numbers of documents (new or unchanged) and of failures."""
        from muster.documents.harvest import Harvest

        harvest = Harvest(
            self._fetcher, self._visits, on_problem=self._complain, max_documents=self._order.max_documents
        )
        with self._console.status("fetching", spinner="dots") as status:
            for source in (
                harvest.of_urls(self._order.urls),
                *[harvest.of_feed(url) for url in self._order.feeds],
                *[harvest.of_gdelt(query, timespan=self._order.timespan) for query in self._order.queries],
            ):
                for document in source:
                    self._write(document)
                    status.update(f"fetching: {harvest.tally.n_documents} documents")
        tally = harvest.tally
        self._console.print(
            f"muster fetch: {tally.n_documents} new, {tally.n_unchanged} unchanged, {tally.n_known} known before, "
            f"{tally.n_failed} failed", markup=False,
        )  # fmt: skip
        return tally.n_documents + tally.n_unchanged + tally.n_known, tally.n_failed

    def _complain(self, error: MusterError) -> None:
        self._errors.print(f"muster: {error}", markup=False)

    def _write(self, document: Document) -> None:
        from muster.documents.harvest import row_of
        from muster.documents.visits import append_line

        if document.id in self._written:
            return
        line = json.dumps(row_of(document), ensure_ascii=False)
        out = self._order.out
        if out is None:
            click.echo(line)
            self._written.add(document.id)
            return
        try:
            append_line(out, line)
        except OSError as error:
            raise InputError(f"output {out}: {error.strerror}", next_step="Choose another --out") from None
        self._written.add(document.id)


def _ids_in(path: Path) -> set[str]:
    """The ids of the documents already in the output."""
    ids: set[str] = set()
    if not path.exists():
        return ids
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(row, dict) and isinstance(row.get("id"), str):
                    ids.add(row["id"])
    except OSError as error:
        raise InputError(f"output {path}: {error.strerror}", next_step="Choose another --out") from None
    return ids
