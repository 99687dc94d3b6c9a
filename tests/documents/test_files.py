"""Files and directories: formats, bounds, and one clear line for each that cannot be read."""

import json
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.documents import read_documents
from muster.documents.files import MAX_PROBLEMS_PER_FILE, _lines

SENTENCE = "Germany said on Monday that it would send two minehunters."


def read(*paths, **options):
    """Return documents and problems."""
    problems = []
    return list(read_documents(paths, on_problem=problems.append, **options)), [str(error) for error in problems]


def write(path, content):
    """Write text or bytes and return the path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_a_text_file_is_one_document(tmp_path):
    """The source id is the file name; line ends are normalised; the language is detected."""
    documents, problems = read(write(tmp_path / "note.txt", SENTENCE + "\r\nFrance too.\r"))
    assert not problems
    assert [(doc.source_id, doc.text, doc.language) for doc in documents] == [
        ("note.txt", SENTENCE + "\nFrance too.\n", "en")
    ]


def test_json_lines_carry_all_fields(tmp_path):
    """Every key of the format reaches the document."""
    row = {
        "id": 7, "url": "https://example.org/a", "publisher": "AP", "title": "A title",
        "published": "2026-04-09T10:00:00Z", "language": "en-GB", "text": SENTENCE, "flags": ["wire"],
        "retrieved_at": "2026-04-10T08:00:00+02:00",
    }  # fmt: skip
    (document,), problems = read(write(tmp_path / "rows.jsonl", json.dumps(row) + "\n"))
    assert not problems
    assert (document.source_id, document.url, document.publisher, document.title) == (
        "7", "https://example.org/a", "AP", "A title",
    )  # fmt: skip
    assert (str(document.published), document.language, document.is_digest) == ("2026-04-09", "en", False)
    assert str(document.retrieved_at) == "2026-04-10 06:00:00+00:00"


@pytest.mark.parametrize(
    ("extra", "is_digest"),
    [
        ({}, False), ({"flags": ["digest"]}, True), ({"is_digest": True}, True),
        ({"flags": ["digest"], "is_digest": False}, False), ({"flags": "digest"}, False),
    ],
)  # fmt: skip
def test_digests_are_marked_by_key_or_flag(tmp_path, extra, is_digest):
    """`is_digest` is honoured, else a flag `digest`."""
    (document,), _ = read(write(tmp_path / "rows.jsonl", json.dumps({"id": "1", "text": SENTENCE, **extra})))
    assert document.is_digest is is_digest


@pytest.mark.parametrize("form", ["array", "object", "lines"])
def test_a_json_file_holds_an_array_an_object_or_lines(tmp_path, form):
    """All three forms of `.json` are read."""
    row = {"id": "a", "text": SENTENCE}
    content = {"array": json.dumps([row, row]), "object": json.dumps(row, indent=1),
               "lines": f"{json.dumps(row)}\n{json.dumps(row)}\n"}[form]  # fmt: skip
    documents, problems = read(write(tmp_path / "x.json", content))
    assert not problems
    assert len(documents) == (1 if form == "object" else 2)


def test_a_malformed_line_is_named_and_the_others_are_read(tmp_path):
    """Each bad line gives one problem with its number; good lines before and after it count."""
    good = json.dumps({"id": "g", "text": SENTENCE})
    lines = [good, "{bad", "", "[1]", '{"id": "e", "text": ""}', '{"id": "n"}', "[" * 50_000, '{"text": NaN}', good]
    documents, problems = read(write(tmp_path / "rows.jsonl", "\n".join(lines)))
    assert [doc.source_id for doc in documents] == ["g", "g"]
    numbers = [2, 4, 5, 6, 7, 8]
    assert len(problems) == len(numbers)
    assert all(f"rows.jsonl line {number}: " in text for number, text in zip(numbers, problems, strict=True))


def test_a_file_of_bad_lines_gives_a_bounded_number_of_problems(tmp_path):
    """The rest is told as a count."""
    _, problems = read(write(tmp_path / "rows.jsonl", "{bad\n" * 1000))
    assert len(problems) == MAX_PROBLEMS_PER_FILE + 1
    assert "980 further rows" in problems[-1]


def test_a_bad_date_is_reported_and_the_document_kept(tmp_path):
    """A date that is none is left out, never guessed."""
    documents, problems = read(write(tmp_path / "r.jsonl", json.dumps({"text": SENTENCE, "published": "spring"})))
    assert documents[0].published is None
    assert documents[0].source_id == "r.jsonl:1"
    assert "published 'spring' is not a date" in problems[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n ", "white space only"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "a PNG image"),
        (b"%PDF-1.4\n%\xe2\xe3", "a PDF"),
        (b"\x00" * 100_000, "zeros only"),
    ],
    ids=["empty", "blank", "png", "pdf", "zeros"],
)
@pytest.mark.parametrize("name", ["x.txt", "x.jsonl", "x.json", "x.html", "x"])
def test_what_is_no_document_gives_one_problem(tmp_path, name, content, words):
    """One DocumentError a file, whatever its ending claims; the file after it is read."""
    good = write(tmp_path / "good.txt", SENTENCE)
    documents, problems = read(write(tmp_path / name, content), good)
    assert len(documents) == 1
    assert len(problems) == 1
    assert problems[0].startswith(str(tmp_path / name))
    if name in {"x.txt", "x"} or content.strip():
        assert words in problems[0]


def test_two_hundred_megabytes_of_zeros_are_not_read_into_memory(tmp_path):
    """The first bytes decide; memory stays small."""
    path = tmp_path / "zeros.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    documents, problems = read(path)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not documents
    assert len(problems) == 1
    assert peak_bytes < 5_000_000


def test_a_text_over_the_bound_is_refused_and_a_line_over_it_passed_over(tmp_path):
    """The bound is per document: the other lines of a file are read."""
    long = json.dumps({"id": "long", "text": "word " * 5000})
    short = json.dumps({"id": "short", "text": SENTENCE})
    rows = write(tmp_path / "rows.jsonl", f"{long}\n{short}\n{long}")
    documents, problems = read(write(tmp_path / "a.txt", "word " * 5000), rows, max_bytes=10_000)
    assert [doc.source_id for doc in documents] == ["short"]
    assert [text.split(": ")[0].rsplit("/", maxsplit=1)[-1] for text in problems] == [
        "a.txt",
        "rows.jsonl line 1",
        "rows.jsonl line 3",
    ]
    assert "larger than 0.01 MB" in problems[0]


def test_json_lines_are_streamed(tmp_path):
    """Memory does not grow with the number of lines."""
    row = json.dumps({"id": "1", "language": "en", "text": SENTENCE * 20}) + "\n"
    path = write(tmp_path / "rows.jsonl", row * 20_000)
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    n_documents = sum(1 for _ in read_documents([path], on_problem=lambda error: pytest.fail(str(error))))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_documents == 20_000
    assert peak_bytes < 2_000_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_json_lines_in_other_encodings(tmp_path, encoding):
    """A byte order mark or byte page is handled for lines too."""
    text = "Die Türkei prüft, ob sie Schiffe schickt."
    row = json.dumps({"id": "ä", "text": text}, ensure_ascii=False)
    documents, problems = read(write(tmp_path / "rows.jsonl", f"{row}\r\n{row}\r\n".encode(encoding)))
    assert not problems
    assert [(doc.source_id, doc.text) for doc in documents] == [("ä", text)] * 2


def test_directories_are_read_recursively_and_sorted(tmp_path):
    """Hidden files are passed over; order does not depend on the file system."""
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt", ".hidden", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, SENTENCE)
    documents, problems = read(tmp_path)
    assert not problems
    assert [doc.source_id for doc in documents] == ["a.txt", "c.txt", "1.txt", "2.txt"]


def test_a_directory_loop_ends(tmp_path):
    """Symbolic links to directories are not followed, dead links are passed over."""
    write(tmp_path / "a.txt", SENTENCE)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dead").symlink_to(tmp_path / "gone")
    documents, problems = read(tmp_path)
    assert (len(documents), problems) == (1, [])


def test_a_pipe_in_a_directory_does_not_block(tmp_path):
    """Only regular files of a directory are opened."""
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path / "a.txt", SENTENCE)
    assert len(read(tmp_path)[0]) == 1


def test_missing_paths_and_empty_directories_give_one_problem(tmp_path):
    """One line each."""
    (tmp_path / "empty").mkdir()
    documents, problems = read(tmp_path / "gone", tmp_path / "empty", "nul\0name")
    assert not documents
    assert len(problems) == 3
    assert "no such file" in problems[0]
    assert "holds no files" in problems[1]


def test_an_unreadable_file_gives_one_problem(tmp_path):
    """A file that opens but does not read (address 0 of one's own memory) is one line."""
    memory = Path("/proc/self/mem")
    if not memory.exists():
        pytest.skip("needs Linux")
    documents, problems = read(memory, write(tmp_path / "a.txt", SENTENCE))
    assert len(documents) == 1
    assert "input/output error" in problems[0]


def test_names_with_line_breaks_stay_on_one_line(tmp_path):
    """A file name cannot forge a line of output."""
    _, problems = read(write(tmp_path / "a\nmuster: all good\x1b[31m.txt", b""))
    assert "\n" not in problems[0]
    assert "\x1b" not in problems[0]


def test_rows_without_the_usual_ending_are_recognised(tmp_path):
    """A file of JSON lines is read as such whatever its name, a long first line included."""
    row = json.dumps({"id": "1", "text": SENTENCE * 500})
    documents, _ = read(
        write(tmp_path / "export", f"{row}\n{row}\n"), write(tmp_path / "e2.txt", '{"text": "Yes we do."}')
    )
    assert len(documents) == 3


@given(st.lists(st.binary(max_size=20).filter(lambda data: b"\n" not in data), max_size=8), st.integers(4, 30))
def test_lines_are_split_and_bounded(pieces, max_bytes):
    """Every line comes with its number; None stands for those over the bound."""
    import io

    data = b"\n".join(pieces)
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or data[:4] == b"\x00\x00\xfe\xff":
        return
    expected = [len(line) <= max_bytes for line in data.splitlines(keepends=True)] if b"\r" not in data else None
    found = list(_lines(data[:5], io.BytesIO(data[5:]), max_bytes))
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    if expected is not None:
        assert [line is not None for _, line in found] == expected


def test_parquet_is_read_by_batches(tmp_path):
    """A Parquet shard gives the same documents as JSON lines."""
    pyarrow = pytest.importorskip("pyarrow")
    from datetime import date

    from pyarrow import parquet

    rows = [{"id": str(i), "text": f"{SENTENCE} {i}", "published": date(2026, 4, 9), "other": i} for i in range(600)]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "shard.parquet")
    documents, problems = read(tmp_path / "shard.parquet")
    assert not problems
    assert [doc.source_id for doc in documents] == [str(i) for i in range(600)]
    assert documents[5].published == date(2026, 4, 9)


@pytest.mark.parametrize("content", [b"PAR1" + b"x" * 100, b"PAR1", b"not parquet at all"])
def test_damaged_parquet_gives_one_problem(tmp_path, content):
    """A broken shard is one line."""
    pytest.importorskip("pyarrow")
    documents, problems = read(write(tmp_path / "x.parquet", content))
    assert not documents
    assert len(problems) == 1


def test_parquet_without_text_gives_one_problem(tmp_path):
    """The column that is missing is named."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"id": ["1"]}), tmp_path / "x.parquet")
    assert "no column text" in read(tmp_path / "x.parquet")[1][0]
