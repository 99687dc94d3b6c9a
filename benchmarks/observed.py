"""Speed of the observed room, in one run on one core: NMEA beside pyais, Parquet beside MovingPandas; memory.

    python benchmarks/observed.py [--rounds 3] [--positions 5000000] [--movingpandas PYTHON]

Tracks are synthetic, of known truth: every ship shuttles through the gate, so the number of crossings is known and is
checked in the same run. Times are CPU seconds; each figure is the best and the median of the rounds. MovingPandas is
timed on a smaller file (it holds all in memory) by the Python given, where it is installed; the same file, the same
number of crossings. Prints JSON.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyais
import pyarrow as pa
import pyarrow.parquet as pq

from muster.observed.counting import count_transits
from muster.observed.gates import load_counting_area
from muster.observed.nmea import NmeaCounts, read_nmea
from muster.observed.tables import read_table
from muster.observed.tracker import Tracker

GATES = Path(__file__).resolve().parents[1] / "cases" / "hormuz-2026" / "gates.toml"
T0 = 1_767_225_600
DAYS = 10
MOVINGPANDAS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd, movingpandas as mpd
from shapely.geometry import LineString
begin = time.process_time()
frame = pd.read_parquet(sys.argv[1])
frame["t"] = pd.to_datetime(frame.t_s, unit="s")
tracks = mpd.TrajectoryCollection(frame, "mmsi", t="t", x="lon_deg", y="lat_deg", crs=4326)
gate = LineString(json.loads(sys.argv[2]))
steps = tracks.to_line_gdf()
crossings = int(steps.intersects(gate).sum())
print(json.dumps({"cpu_s": time.process_time() - begin, "crossings": crossings, "version": mpd.__version__}))
"""
MEMORY = """
import sys
from pathlib import Path
from muster.observed.counting import count_transits
from muster.observed.gates import load_counting_area
count_transits([Path(sys.argv[1])], load_counting_area(Path(sys.argv[2])))
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


def shuttles(n_ships, n_each, seed=1):
    """Return columns (n_each, n_ships): ships that go to and fro through the gate, one report every few minutes."""
    rng = np.random.default_rng(seed)
    period_s = rng.uniform(150, 400, n_ships) * 3600
    seconds = np.arange(n_each) * (DAYS * 86_400 // n_each)
    turn = seconds[:, None] / period_s + rng.uniform(0, 1, n_ships)
    lon = 55.6 + 1.3 * np.abs((turn % 1) * 2 - 1)
    lat = rng.uniform(26.15, 26.5, n_ships) + 0.02 * np.sin(2 * np.pi * turn)
    mmsi = np.broadcast_to(np.arange(n_ships) * 7 + 200_000_001, lon.shape)
    return mmsi, np.broadcast_to(T0 + seconds[:, None], lon.shape), lat, lon


def true_crossings(lat, lon):
    """Return how often consecutive positions lie on different sides of the gate, inside its ends."""
    gate = load_counting_area(GATES).gates[0]
    (ax, ay), (bx, by) = gate.start, gate.end
    side = (bx - ax) * (lat - ay) - (by - ay) * (lon - ax)
    cut = (side[:-1] > 0) != (side[1:] > 0)
    share = side[:-1] / np.where(cut, side[:-1] - side[1:], 1)
    x = lon[:-1] + share * (lon[1:] - lon[:-1])
    y = lat[:-1] + share * (lat[1:] - lat[:-1])
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    return int((cut & (along >= 0) & (along <= 1)).sum())


def write_parquet(path, columns, *, by_ship):
    order = "F" if by_ship else "C"
    names = ("mmsi", "t_s", "lat_deg", "lon_deg")
    pq.write_table(pa.table({n: c.ravel(order) for n, c in zip(names, columns, strict=True)}), path)
    return path


def cpu(work):
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


def speeds(n, work, rounds):
    times = [cpu(work)[0] for _ in range(rounds)]
    return {"per_s_median": round(n / statistics.median(times)), "per_s_best": round(n / min(times)), "rounds": rounds}


def nmea(folder, rounds):
    """NMEA messages a second: muster streams the file, pyais decodes the same lines."""
    mmsi, t_s, lat, lon = shuttles(50, 100)
    lines = []
    for ship, second, y, x in zip(mmsi.ravel(), t_s.ravel(), lat.ravel(), lon.ravel(), strict=True):
        fields = {"type": 1, "mmsi": int(ship), "lat": float(y), "lon": float(x), "speed": 12.1, "course": 281.0}
        lines += [f"\\c:{second}*00\\{line}" for line in pyais.encode_dict(fields, sentence_type="VDM")]
    path = folder / "a.nmea"
    path.write_text("\n".join(lines * 200) + "\n", encoding="ascii")
    plain = [line.split("\\")[-1] for line in lines] * 4

    def ours():
        counts = NmeaCounts()
        assert sum(len(positions) for positions, _ in read_nmea(path, counts)) == len(lines) * 200
        assert counts.n_malformed == 0

    def theirs():
        for line in plain:
            pyais.decode(line)

    ours()
    ratios, own, other = [], [], []
    for _ in range(rounds):
        own.append(len(lines) * 200 / cpu(ours)[0])
        other.append(len(plain) / cpu(theirs)[0])
        ratios.append(own[-1] / other[-1])
    return {
        "muster_per_s": round(statistics.median(own)), "pyais_per_s": round(statistics.median(other)),
        "ratio": round(statistics.median(ratios), 1), "n_messages": len(lines) * 200, "goal_per_s": 500_000,
    }  # fmt: skip


def tables(folder, n_positions, rounds):
    """Gate crossings of Parquet: reading and following, sorted by time and by ship."""
    area = load_counting_area(GATES)
    n_ships = 3000
    columns = shuttles(n_ships, n_positions // n_ships)
    truth = true_crossings(columns[2], columns[3])
    n = columns[0].size
    found = {"n_positions": n, "n_ships": n_ships, "true_crossings": truth, "goal_per_s": 20_000_000}
    for name, by_ship in (("sorted_by_time", False), ("sorted_by_ship", True)):
        path = write_parquet(folder / f"{name}.parquet", columns, by_ship=by_ship)
        count_transits([path], area)
        crossings = len(Tracker(area).follow(read_table(path, is_lean=True)).crossings())
        assert crossings == truth, (crossings, truth)
        parts = list(read_table(path, is_lean=True))
        found[name] = {
            "read_and_count": speeds(n, lambda p=path: count_transits([p], area), rounds),
            "follow_only": speeds(n, lambda p=parts: Tracker(area).follow(p), rounds),
        }
    return found


def movingpandas(folder, python, rounds):
    """Crossings of one smaller file by MovingPandas and by muster."""
    area = load_counting_area(GATES)
    columns = shuttles(100, 3000)
    path = write_parquet(folder / "small.parquet", columns, by_ship=True)
    gate = json.dumps([area.gates[0].start, area.gates[0].end])
    probe = subprocess.run([python, "-W", "ignore", "-c", "import movingpandas"], capture_output=True, check=False)
    if probe.returncode:
        return {"skipped": f"movingpandas cannot be imported by {Path(python).name}"}
    own, other, ratios = [], [], []
    for _ in range(rounds):
        answer = subprocess.run(
            [python, "-W", "ignore", "-c", MOVINGPANDAS, str(path), gate], capture_output=True, check=True, text=True
        )
        theirs = json.loads(answer.stdout)
        seconds = statistics.median(cpu(lambda: count_transits([path], area))[0] for _ in range(15))
        n = len(Tracker(area).follow(read_table(path, is_lean=True)).crossings())
        assert theirs["crossings"] == n == true_crossings(columns[2], columns[3])
        own.append(seconds)
        other.append(theirs["cpu_s"])
        ratios.append(theirs["cpu_s"] / seconds)
    return {
        "n_positions": columns[0].size, "crossings": n, "movingpandas": theirs["version"],
        "movingpandas_cpu_s": round(statistics.median(other), 3), "muster_cpu_s": round(statistics.median(own), 4),
        "ratio": round(statistics.median(ratios), 1), "goal_ratio": 100,
    }  # fmt: skip


def memory(folder, n_positions):
    """Peak memory of a process that counts a file, and one four times as long.

    VmHWM, for ru_maxrss also counts what the parent held before the new program began.
    """
    if not Path("/proc/self/status").exists():
        return {"skipped": "peak memory is read from /proc"}
    peaks = {}
    for factor in (1, 4):
        n_ships = 1000
        path = folder / f"m{factor}.parquet"
        columns = shuttles(n_ships, n_positions // 4 // n_ships * factor)
        write_parquet(path, columns, by_ship=False)
        size = path.stat().st_size
        answer = subprocess.run(
            [sys.executable, "-c", MEMORY, str(path), str(GATES)], capture_output=True, check=True, text=True
        )
        peaks[f"x{factor}"] = {"file_mb": round(size / 1e6, 1), "peak_rss_mb": round(int(answer.stdout) / 1024, 1)}
    return peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--positions", type=int, default=5_000_000)
    parser.add_argument("--movingpandas", metavar="PYTHON", default=sys.executable)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    load_before = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result = {
            "nmea": nmea(folder, arguments.rounds),
            "tables": tables(folder, arguments.positions, arguments.rounds),
            "movingpandas": movingpandas(folder, arguments.movingpandas, arguments.rounds),
            "memory": memory(folder, arguments.positions),
        }
    result["machine"] = {
        "python": platform.python_version(), "cpu": platform.processor() or platform.machine(), "cores_used": 1,
        "load_before": load_before, "load_after": os.getloadavg(),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **{package: version(package) for package in ("musterroll", "numba", "numpy", "pyarrow", "pyais")},
    }  # fmt: skip
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
