"""Reading on Ray gives what one process gives."""

import json
import os
from pathlib import Path

import pytest

from muster.base.errors import RemoteError
from muster.documents import read_documents
from muster.reading import open_reader
from muster.reading.on_ray import TASK_BYTES, TASK_FILES, _check_reachable, group_files, read_on_ray

TEXTS = (
    "Germany said on Monday that it would send two minehunters to the strait if parliament agrees.",
    "Spain refused to let the United States use its bases. France has deployed two frigates.",
    "Trump urged NATO allies to send warships to the Strait of Hormuz.",
    "Nothing of note happened in the village today.",
)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """A folder of JSON lines and Parquet shards, a broken line, an empty file and a text."""
    folder = tmp_path_factory.mktemp("shards")
    for shard in range(3):
        rows = [
            {
                "id": f"{shard}-{number}",
                "text": TEXTS[(shard + number) % 4],
                "published": "2026-03-20",
                "publisher": "AP",
            }
            for number in range(40)
        ]
        lines = [json.dumps(row) for row in rows]
        lines[7] = "{broken"
        (folder / f"part-{shard}.jsonl").write_text("\n".join(lines))
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(rows), folder / f"part-{shard}.parquet")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "note.txt").write_text(TEXTS[0])
    return folder


@pytest.fixture(scope="module")
def cluster():
    """A Ray cluster of two nodes on this machine."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).resolve().parents[2] / "src"), os.environ.get("PYTHONPATH", "")]
    )
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    memory_bytes = 100 * 2**20
    local = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": memory_bytes, "include_dashboard": False},
    )
    local.add_node(num_cpus=1, object_store_memory=memory_bytes)
    ray.init(address=local.address, log_to_driver=False, logging_level="ERROR")
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    yield local
    ray.shutdown()
    local.shutdown()


def one_process(paths):
    """Readings and problems of one process."""
    problems = []
    documents = list(read_documents(paths, on_problem=lambda error: problems.append(str(error))))
    reader = open_reader()
    return [(document, reader.read(document)) for document in documents], problems


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside Ray
def test_a_two_node_cluster_reads_the_same_as_one_process(shards, cluster, monkeypatch):
    """Documents, statements, problems, their paths and their order, for a folder and for a list of shards."""
    monkeypatch.setattr("muster.reading.on_ray.TASK_BYTES", 1000)  # a task a file, so that both nodes work
    monkeypatch.chdir(shards.parent)
    for paths in ([shards], [Path(shards.name) / "part-1.jsonl", Path("gone.jsonl"), shards / "part-0.parquet"]):
        errors = []
        readings = list(read_on_ray(paths, on_problem=errors.append))
        problems = [str(error) for error in errors]
        expected, expected_problems = one_process(paths)
        assert readings == expected
        assert sorted(problems) == sorted(expected_problems)
        assert sum(len(statements) for _, statements in readings) > 50


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_command_reads_on_the_cluster(shards, cluster, capsys):
    """`muster read --engine ray` prints what `--engine local` prints."""
    from muster.surfaces.cli import main

    main(["read", str(shards), "--format", "jsonl", "--quiet", "--engine", "ray"])
    on_ray = capsys.readouterr().out
    main(["read", str(shards), "--format", "jsonl", "--quiet", "--workers", "1"])
    assert on_ray == capsys.readouterr().out
    assert on_ray.count("\n") == 3 * 39 + 3 * 40 + 1


def test_files_are_grouped_in_order(tmp_path, monkeypatch):
    """Small files share a task, a large one has its own, none is lost."""
    sizes = [TASK_BYTES // 3] * 4 + [2 * TASK_BYTES, 1, 1]
    paths = []
    for number, size in enumerate(sizes):
        paths.append(tmp_path / str(number))
        with paths[-1].open("wb") as file:
            file.truncate(size)
    groups = [[path.name for path in group] for group in group_files([*paths, tmp_path / "gone"])]
    assert groups == [["0", "1", "2"], ["3"], ["4"], ["5", "6", "gone"]]
    assert [len(group) for group in group_files([tmp_path / "x"] * (TASK_FILES + 1))] == [TASK_FILES, 1]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "127.0.0.1:x", "127.0.0.1:99999"])
def test_a_cluster_that_is_not_there_fails_at_once(address):
    """Ray itself would try for minutes."""
    with pytest.raises(RemoteError, match="Ray cluster"):
        _check_reachable(address)


def test_nothing_to_read_starts_no_cluster(tmp_path):
    """A missing path is a problem, not a cluster."""
    problems = []
    assert list(read_on_ray([tmp_path / "gone"], on_problem=problems.append)) == []
    assert len(problems) == 1
