"""`muster fetch` and `muster watch` as a user types them."""

import json

import pytest

from documents.local_site import LocalSite, answer, article
from documents.test_feeds import rss
from muster.surfaces.cli import fetch as command
from muster.surfaces.cli import main

OPEN = ["--allow-private-addresses", "--delay", "0"]


@pytest.fixture
def site():
    """A site with a feed of two articles."""
    with LocalSite() as local:
        local.url = f"http://127.0.0.1:{local.port}"
        for name in "ab":
            local.routes[f"/{name}"] = answer(article(f"Story {name}"), ETag=f'"{name}1"')
        local.routes["/feed"] = answer(rss(*[(n, f"{local.url}/{n}") for n in "ab"]), kind="application/rss+xml")
        yield local


def rows(path):
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_fetch_writes_documents_to_standard_output(site, capsys):
    """One JSON line a document; the summary goes to standard error."""
    main(["fetch", f"{site.url}/a", *OPEN])
    out, err = capsys.readouterr()
    (row,) = [json.loads(line) for line in out.splitlines()]
    assert (row["url"], row["publisher"], row["title"]) == (f"{site.url}/a", "127.0.0.1", "Story a")
    assert "1 new" in err


def test_fetch_adds_to_its_output_once(site, tmp_path, capsys):
    """A second run adds nothing; without the journal too, because ids are compared."""
    out = tmp_path / "docs.jsonl"
    for _ in range(2):
        main(["fetch", "--feed", f"{site.url}/feed", "--out", str(out), *OPEN])
    assert len(rows(out)) == 2
    (tmp_path / "docs.jsonl.state").unlink()
    main(["fetch", "--feed", f"{site.url}/feed", "--out", str(out), *OPEN, "--quiet"])
    assert len(rows(out)) == 2


def test_fetch_keeps_going_and_fails_only_if_nothing_came(site, tmp_path, capsys):
    """One line for each failure; exit code 5 if all failed."""
    main(["fetch", f"{site.url}/gone", f"{site.url}/a", *OPEN])
    assert "status 404" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["fetch", f"{site.url}/gone", *OPEN])
    assert stop.value.code == 5
    assert "Traceback" not in capsys.readouterr().err


def test_fetch_refuses_private_addresses_without_the_flag(site, capsys):
    """The default is closed."""
    with pytest.raises(SystemExit) as stop:
        main(["fetch", "http://127.0.0.1/a", "http://localhost/", "http://[::1]/", "file:///etc/passwd"])
    assert stop.value.code == 5
    assert not site.requests
    assert capsys.readouterr().err.count("muster: ") >= 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to fetch"),
        (["--gdelt", "  "], "query is empty"),
        (["--gdelt", "x", "--timespan", "soon"], "timespan"),
        (["http://a.test/", "--contact", "a\nb"], "contact"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, words, capsys, tmp_path):
    """No traceback, exit code 2."""
    with pytest.raises(SystemExit) as stop:
        main(["fetch", *arguments])
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_watch_repeats_and_takes_what_is_new(site, tmp_path, monkeypatch, capsys):
    """Between the rounds it waits; a new entry comes in the second."""
    out = tmp_path / "docs.jsonl"
    waits = []

    def wait(seconds):
        waits.append(seconds)
        site.routes["/c"] = answer(article("Story c", "A third story, about Canada. " * 5))
        site.routes["/feed"] = answer(rss(*[(n, f"{site.url}/{n}") for n in "cab"]), kind="application/rss+xml")

    monkeypatch.setattr(command.time, "sleep", wait)
    main(["watch", "--feed", f"{site.url}/feed", "--out", str(out), "--every", "15", "--times", "2", *OPEN])
    assert [row["title"] for row in rows(out)] == ["Story a", "Story b", "Story c"]
    assert waits == [900.0]
    assert site.paths().count("/a") == 1


def test_watch_stopped_by_the_keyboard_loses_nothing(site, tmp_path, monkeypatch, capsys):
    """Exit code 130, one line; the next run goes on."""
    out = tmp_path / "docs.jsonl"

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command.time, "sleep", interrupt)
    with pytest.raises(SystemExit) as stop:
        main(["watch", f"{site.url}/a", "--out", str(out), *OPEN])
    assert stop.value.code == 130
    assert len(rows(out)) == 1


@pytest.mark.parametrize("name", ["fetch", "watch"])
def test_help_has_examples(name, capsys):
    """A user can copy them."""
    main([name, "--help"])
    assert "Examples:" in capsys.readouterr().out
