"""Outcomes as tidy rows, canonical JSON and files with a run record from which they are repeated bit by bit."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from muster.base.errors import InputError
from muster.base.record import make_record
from muster.passage.forces import ForceUnit
from muster.passage.outcomes import MEASURES, Outcomes
from muster.passage.scenario import Scenario
from muster.passage.scenario_file import parse_scenario
from muster.passage.words import ACTS, REGIMES, ROUTES

if TYPE_CHECKING:
    from muster.passage.windows import WindowOutcomes

RECORD_NAME = "record.json"
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_DIGITS = 9  # significant digits in text outputs


def rounded(value: float) -> float | None:
    """Return a number with nine significant digits; None for NaN, which JSON lacks."""
    if not math.isfinite(value):
        return None
    return float(f"{value:.{_DIGITS}g}")


def measure_rows(outcomes: "Outcomes | WindowOutcomes") -> list[dict[str, Any]]:
    """Return one row a measure: mean, 95 % interval, the runs' 5 % and 95 % quantiles, meaning."""
    rows = []
    for name, found in outcomes.estimates().items():
        rows.append(
            {
                "measure": name,
                "mean": rounded(found.mean),
                "ci95_half_width": rounded(found.half_width),
                "run_p05": rounded(found.low),
                "run_p95": rounded(found.high),
                "meaning": MEASURES[name],
            }
        )
    return rows


def day_rows(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Return one row a day: means, quantiles over runs, shares of regimes, expected acts."""
    counts = outcomes.counts_by_day()
    passages = outcomes.passages_by_day()
    regimes = outcomes.regime_share_by_day()
    expected = outcomes.series.expected / outcomes.n_runs
    sampled = outcomes.series.acts.reshape(-1, 2, 6) / outcomes.n_runs
    quantiles = {name: outcomes.quantiles_by_day(name, _LEVELS) for name in ("passages", "seen", "waiting", "oil_mbbl")}
    rows = []
    for day in range(outcomes.n_days):
        row: dict[str, Any] = {
            "day": day,
            "date": (outcomes.scenario.start + timedelta(days=day)).isoformat(),
            "passages_mean": float(passages[day].sum()),
        }
        row.update({f"passages_{route}_mean": float(passages[day, :, r].sum()) for r, route in enumerate(ROUTES)})
        row.update({f"{name}_mean": float(values[day]) for name, values in counts.items()})
        for name, values in quantiles.items():
            row.update({f"{name}_p{round(100 * q):02d}": float(x) for q, x in zip(_LEVELS, values[day], strict=True)})
        row.update({f"share_{name}": float(regimes[day, k]) for k, name in enumerate(REGIMES)})
        for k, act in enumerate(ACTS):
            for e, whom in enumerate(("alone", "escorted")):
                row[f"expected_{act}_{whom}"] = float(expected[day, e, k])
                row[f"sampled_{act}_{whom}"] = float(sampled[day, e, k])
        rows.append({key: rounded(value) if isinstance(value, float) else value for key, value in row.items()})
    return rows


def class_rows(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Return mean passages a day by class, direction and route."""
    return [
        {key: rounded(value) if isinstance(value, float) else value for key, value in row.items()}
        for row in outcomes.class_table()
    ]


def to_document(outcomes: Outcomes) -> dict[str, Any]:
    """Return everything as one JSON document without any time of writing: equal runs give equal bytes."""
    waits = outcomes.wait_quantiles_h((0.5, 0.9, 0.99))
    return {
        "scenario": outcomes.scenario.name,
        "start": outcomes.scenario.start.isoformat(),
        "policy": outcomes.policy,
        "n_runs": outcomes.n_runs,
        "n_days": outcomes.n_days,
        "seed": outcomes.seed,
        "units": list(outcomes.unit_ids),
        "measures": {row.pop("measure"): row for row in measure_rows(outcomes)},
        "wait_h_of_ships_that_sailed": dict(zip(("p50", "p90", "p99"), waits, strict=True)),
        "classes": class_rows(outcomes),
        "days": day_rows(outcomes),
    }


def fingerprint(outcomes: Outcomes) -> str:
    """Return the sha256 of every result bit."""
    digest = hashlib.sha256()
    for array in (outcomes.scalars, *outcomes.series, *outcomes.histograms):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Replayable:
    """What a record says was run."""

    scenario: Scenario
    policy: str
    n_runs: int
    n_days: int
    seed: int
    forces: tuple[ForceUnit, ...]
    fingerprint: str


def write_outcomes(outcomes: Outcomes, folder: Path, forces: Sequence[ForceUnit]) -> list[Path]:
    """Write `measures`, `days`, `classes` (CSV) and `runs` (Parquet if pyarrow is there, else CSV) and the record.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [
            _write_csv(folder / "measures.csv", measure_rows(outcomes)),
            _write_csv(folder / "days.csv", day_rows(outcomes)),
            _write_csv(folder / "classes.csv", class_rows(outcomes)),
            _write_runs(folder, outcomes.measures()),
            folder / RECORD_NAME,
        ]
        paths[-1].write_text(_record_text(outcomes, forces), encoding="utf-8")
    except OSError as error:
        raise InputError(f"output folder {folder}: {error.strerror}", next_step="Give another --out") from None
    return paths


def _record_text(outcomes: Outcomes, forces: Sequence[ForceUnit]) -> str:
    inputs = {
        "scenario": outcomes.scenario.text,
        "policy": outcomes.policy,
        "n_runs": outcomes.n_runs,
        "n_days": outcomes.n_days,
        "forces": [_unit_row(unit) for unit in forces],
        "fingerprint": fingerprint(outcomes),
    }
    return make_record("muster passage", inputs, seed=outcomes.seed).to_json() + "\n"


def _unit_row(unit: ForceUnit) -> dict[str, Any]:
    row = asdict(unit)
    return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in row.items()}


def _unit_from(row: Mapping[str, Any]) -> ForceUnit:
    values = dict(row)
    for name in ("flags", "classes", "routes", "regimes"):
        values[name] = None if values[name] is None else frozenset(values[name])
    for name in ("p_available", "arrival_day", "statement_ids"):
        if isinstance(values[name], list):
            values[name] = tuple(values[name])
    return ForceUnit(**values)


def read_record(path: Path) -> Replayable:
    """Return what a record (or a folder with one) says was run.

    Raises
    ------
    InputError
        No record of `muster passage`.
    """
    if path.is_dir():
        path = path / RECORD_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        inputs = raw["inputs"]
        return Replayable(
            parse_scenario(inputs["scenario"]), inputs["policy"], inputs["n_runs"], inputs["n_days"], raw["seed"],
            tuple(_unit_from(row) for row in inputs["forces"]), inputs["fingerprint"],
        )  # fmt: skip
    except OSError as error:
        raise InputError(f"record {path}: {error.strerror}", next_step="Give the record.json of an --out") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"record {path}: {error!r}", rule="a record is the record.json of `muster passage`") from None


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    lines = [",".join(rows[0])]
    lines += [",".join(_cell(value) for value in row.values()) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def _write_runs(folder: Path, measures: Mapping[str, np.ndarray]) -> Path:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return _write_csv(folder / "runs.csv", list(_run_rows(measures)))
    n_runs = len(next(iter(measures.values())))
    table = pa.table({"run": np.arange(n_runs), **measures})
    pq.write_table(table, folder / "runs.parquet", compression="zstd")
    return folder / "runs.parquet"


def _run_rows(measures: Mapping[str, np.ndarray]) -> Iterable[dict[str, Any]]:
    names = list(measures)
    for run, values in enumerate(zip(*measures.values(), strict=True)):
        yield {"run": run, **{name: float(value) for name, value in zip(names, values, strict=True)}}
