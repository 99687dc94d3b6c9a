"""A real server process: slow clients, bad multipart, tricks with paths, and a stop in the middle of rulings."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from muster.base.case import load_case
from muster.ledger import open_ledger
from muster.ledger.intake import load_documents
from muster.reading import RuleReader

TOKEN = {"Authorization": "Bearer a-token-for-tests"}


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    """Return a ledger with the bundled case."""
    case = load_case()
    with open_ledger(str(tmp_path / "l.sqlite")) as ledger:
        load_documents(ledger, case, case.document_paths(), RuleReader())
    return tmp_path / "l.sqlite"


@pytest.fixture
def server(ledger_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Return a server process and its port, once it answers."""
    port = free_port()
    command = [
        sys.executable,
        "-c",
        "from muster.surfaces.cli import main; main()",
        "serve",
        "--ledger",
        str(ledger_path),
        "--port",
        str(port),
    ]
    environment = os.environ | {"MUSTER_TOKEN": "a-token-for-tests"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            # Retries back off up to half a minute in all, which is what a loaded machine may need to import the model.
            assert client.get(f"http://127.0.0.1:{port}/static/icon.svg", timeout=30).status_code == 200
        yield process, port
        process.kill()


def ask_raw(port: int, data: bytes) -> bytes:
    """Send bytes as they are and return the answer's first line."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(data)
        return connection.recv(4096).split(b"\r\n", maxsplit=1)[0]


def test_hostile_requests_do_not_stop_the_server(server: tuple[subprocess.Popen[str], int]) -> None:
    """Dangling slow clients, malformed multipart, paths that climb: answered with 4xx or left waiting; others go on."""
    process, port = server
    address = f"http://127.0.0.1:{port}"
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for connection in slow:
        connection.sendall(b"GET /roll HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert httpx.get(f"{address}/claims", timeout=60).status_code == 200

    for path in ("/static/../app.py", "/static/..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                 "/static/%00", "/documents/..%2f..%2fx", "/roll/%ff/%fe"):  # fmt: skip
        line = ask_raw(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert line.split()[1] in {b"400", b"404"}, (path, line)

    bodies = {
        "multipart/form-data": b"no boundary",
        "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data; name=\r\n\r\nno end",
        "multipart/form-data; boundary=y": b"--y\r\n" * 2000,
        "application/x-www-form-urlencoded": b"=&" * 5000 + b"%ff%zz",
    }
    for kind, body in bodies.items():
        answer = httpx.post(f"{address}/add/preview", content=body, headers={**TOKEN, "Content-Type": kind}, timeout=60)
        assert 400 <= answer.status_code < 500, (kind, answer.status_code, answer.text[:200])
        assert "Traceback" not in answer.text
    assert ask_raw(port, b"\x16\x03\x01 nonsense\r\n\r\n").split()[1] == b"400"
    assert httpx.get(f"{address}/roll", timeout=60).status_code == 200
    for connection in slow:
        connection.close()
    assert process.poll() is None


def test_a_stop_loses_no_accepted_ruling(server: tuple[subprocess.Popen[str], int], ledger_path: Path) -> None:
    """SIGTERM while rulings come in: every ruling answered is in the ledger, and the process ends."""
    process, port = server
    with open_ledger(str(ledger_path)) as ledger:
        ids = [entry.id for entry in ledger.view(as_of=load_case().as_of).statements()]
    accepted: list[str] = []
    enough = threading.Event()

    def rule() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=TOKEN, timeout=60) as client:
            for statement_id in ids:
                try:
                    answer = client.post(f"/statements/{statement_id}/ruling", data={"action": "accept"})
                except httpx.HTTPError:
                    return
                if answer.status_code == 303:
                    accepted.append(statement_id)
                if len(accepted) == 10:
                    enough.set()

    thread = threading.Thread(target=rule)
    thread.start()
    assert enough.wait(60)
    process.send_signal(signal.SIGTERM)
    thread.join(60)

    assert process.wait(60) in {0, -signal.SIGTERM}
    with open_ledger(str(ledger_path)) as ledger:
        view = ledger.view(as_of=load_case().as_of)
        assert {ruling.statement_id for ruling in view.rulings()} >= set(accepted)
        assert len(accepted) < len(ids)


def test_a_stop_loses_no_accepted_document(server: tuple[subprocess.Popen[str], int], ledger_path: Path) -> None:
    """SIGTERM while documents are added: what is confirmed is in the ledger, and whole."""
    process, port = server
    confirmed: list[str] = []
    enough = threading.Event()

    def add() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=TOKEN, timeout=60) as client:
            for number in range(500):
                text = f"Spain has refused to let the United States use its bases, paper {number} reports."
                form = {"text": text, "title": f"Note {number}", "published": "2026-04-02"}
                try:
                    page = client.post("/add/preview", data=form).text
                    key = page.partition('name="key" value="')[2].partition('"')[0]
                    answer = client.post("/add/confirm", data={"key": key})
                except httpx.HTTPError:
                    return
                if answer.status_code == 303:
                    confirmed.append(answer.headers["location"].rpartition("/")[2])
                if len(confirmed) == 4:
                    enough.set()

    thread = threading.Thread(target=add)
    thread.start()
    assert enough.wait(120)
    process.send_signal(signal.SIGTERM)
    thread.join(60)

    assert process.wait(60) in {0, -signal.SIGTERM}
    with open_ledger(str(ledger_path)) as ledger:
        view = ledger.view(as_of=load_case().as_of)
        notes = [info.id for info in view.documents() if info.title.startswith("Note ")]
        assert set(confirmed) <= set(notes)
        assert len(confirmed) < 500
        assert all(view.statements(document_id=key) for key in notes)
        assert ledger.verify() == []


def test_pages_are_rendered_beside_the_server_and_again_after_that_died(
    server: tuple[subprocess.Popen[str], int],
) -> None:
    """The rendering process is a child; killed, the next page is answered all the same; after a stop none is left."""
    process, port = server
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("needs /proc with the children of a process")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        assert client.get("/roll").status_code == 200
        before = renderers_of(children)
        assert len(before) == 1
        os.kill(before[0], signal.SIGKILL)
        assert client.get("/claims?as_of=2026-05-01").status_code == 200
        assert client.get("/claims?as_of=2026-05-02").status_code == 200
        after = renderers_of(children)
    process.send_signal(signal.SIGTERM)
    process.wait(60)

    assert before[0] not in after
    assert [key for key in after if Path(f"/proc/{key}/cmdline").exists()] == []


def renderers_of(children: Path) -> list[int]:
    """Return the rendering processes among a process's children."""
    keys = [int(key) for key in children.read_text(encoding="utf-8").split()]
    return [key for key in keys if b"spawn_main" in Path(f"/proc/{key}/cmdline").read_bytes()]
