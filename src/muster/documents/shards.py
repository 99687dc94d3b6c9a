"""Parquet shards become documents, batch by batch (optional: `pip install 'musterroll[data]'`)."""

from collections.abc import Callable, Iterator
from pathlib import Path

from muster.base.document import Document
from muster.base.errors import DocumentError
from muster.documents.decoding import stored_text
from muster.documents.files import Problems, rows_of, shown
from muster.documents.rows import FORMAT_RULE

COLUMNS = (
    "id", "url", "publisher", "title", "published", "language", "text", "retrieved_at", "flags", "is_digest",
)  # fmt: skip
_BATCH_ROWS = 256  # at 5 kB an article 1.3 MB in memory


def read_parquet(path: Path, on_problem: Callable[[DocumentError], None]) -> Iterator[Document]:
    """Yield the documents of a Parquet file with at least a column `text`; memory holds 256 rows at a time.

    Raises
    ------
    DocumentError
        The file is damaged, has no column `text`, or pyarrow is not installed.
    """
    place = shown(path)
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise DocumentError(
            f"{place}: Parquet needs pyarrow", next_step="Install it: pip install 'musterroll[data]'"
        ) from None
    report = Problems(place, on_problem)
    try:
        with parquet.ParquetFile(path) as shard:
            names = [name for name in COLUMNS if name in shard.schema_arrow.names]
            if "text" not in names:
                raise DocumentError(f"{place}: no column text", rule=FORMAT_RULE)
            number = 0
            for batch in shard.iter_batches(batch_size=_BATCH_ROWS, columns=names):
                rows = batch.to_pylist()
                numbers = range(number + 1, number + 1 + len(rows))
                number += len(rows)
                places = [f"{place} row {row_number}" for row_number in numbers]
                row_names = [stored_text(f"{path.name}:{row_number}") for row_number in numbers]
                yield from rows_of(rows, places, row_names, report)
    except ArrowException as error:
        reason = str(error).split("\n", maxsplit=1)[0][:200]
        raise DocumentError(f"{place}: damaged Parquet ({reason})", next_step="Write it again") from None
    report.close()
