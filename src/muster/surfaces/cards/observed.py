"""The observed answer beside the simulated one: what published counts say of the strait on a day."""

from datetime import date

from muster.base.case import Case
from muster.base.errors import CaseError
from muster.observed.baseline import fit_baseline, judge_openness, open_sentence
from muster.observed.series import bundled_series, read_series

BUNDLED = "bundled"


def observed_sentence(case: Case, as_of: date) -> str:
    """Return one sentence on what was seen up to a day, or nothing where the case names no series.

    The case says where its counts are: `[observed] strait = "...", series = "bundled"` or a file beside the case.

    Raises
    ------
    CaseError
        The table lacks a key.
    """
    table = case.raw.get("observed")
    if table is None:
        return ""
    strait, name = table.get("strait"), table.get("series")
    if not strait or not name:
        raise CaseError(f"case {case.name} [observed]", rule="it names strait and series", next_step="Add the key")
    found = bundled_series() if name == BUNDLED else read_series(case.folder / name)
    series = found[0].until(as_of)
    if not series.known()[0]:
        return ""
    return f"Observed: {open_sentence(strait, judge_openness(series, fit_baseline(found[0])), series.label)}"
