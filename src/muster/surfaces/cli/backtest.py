"""`muster backtest`: what the model would have said before the fact, beside what happened."""

import click

from muster.surfaces.cli.options import format_option, print_rows


@click.command()
@click.option(
    "--of",
    "subject",
    type=click.Choice(["escorts", "transits"]),
    default="escorts",
    show_default=True,
    help="Escort episodes (1987 to 2025), or transits through Hormuz in 2026.",
)
@click.option(
    "--vintage",
    default="2026_08",
    show_default=True,
    metavar="YYYY_MM",
    help="Vintage of IMF PortWatch, for transits.",
)
@format_option
def backtest(subject: str, vintage: str, output_format: str) -> None:
    """Score forecasts made from earlier facts: 90 % interval, CRPS (lower is better), a simple forecast beside it.

    Sources of the facts and what cannot be known from them: docs/validation.md.

    \b
    Examples:
      muster backtest
      muster backtest --of transits
      muster backtest --of transits --vintage 2026_04 --format json
    """
    rows = _escort_rows() if subject == "escorts" else _transit_rows(vintage)
    print_rows(rows, output_format, title="Forecasts from earlier facts")


def _escort_rows() -> list[dict[str, object]]:
    from muster.passage.backtest import (
        forecast_aspides,
        forecast_convoy_dates,
        forecast_duncan,
        forecast_escort_ratio,
    )

    forecasts = [forecast_convoy_dates(), forecast_escort_ratio(), *forecast_duncan(), *forecast_aspides()]
    return [
        {
            "episode": f.name,
            "fitted_to": f.fitted_to,
            "unit": f.unit,
            "median": f.median,
            "low_90": f.interval_90[0],
            "high_90": f.interval_90[1],
            "happened": f.observed,
            "inside": "yes" if f.is_covered else "no",
            "crps": f.crps,
            "error_of_simple_forecast": f.crps_other,
            "source": f.source,
        }
        for f in forecasts
    ]


def _transit_rows(vintage: str) -> list[dict[str, object]]:
    from muster.passage.backtest import WINDOWS, load_transits, score_window

    transits = load_transits(vintage)
    rows: list[dict[str, object]] = []
    for window in WINDOWS:
        if not transits.covers(window.first, window.last):
            continue
        score = score_window(transits, window)
        row: dict[str, object] = {
            "window": window.name,
            "first": window.first,
            "last": window.last,
            "vintage": vintage,
            "seen_per_day": float(score.observed.mean()),
            "model_per_day": score.mean_forecast("model"),
        }
        for name in score.paths:
            label = name.replace(" ", "_").replace("-", "_")
            row[f"crps_{label}"] = score.mean_crps(name)
            row[f"coverage_{label}"] = score.coverage(name)
        rows.append(row)
    return rows
