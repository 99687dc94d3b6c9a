"""Backtests: what the model would have said before the fact, beside what happened and beside simple forecasts."""

from muster.passage.backtest.escorts import (
    Forecast,
    forecast_aspides,
    forecast_convoy_dates,
    forecast_duncan,
    forecast_escort_ratio,
)
from muster.passage.backtest.record import load_episodes, load_transits
from muster.passage.backtest.scores import covers, crps
from muster.passage.backtest.transits import WINDOWS, Window, WindowScore, forecast_seen_share, score_window

__all__ = [
    "WINDOWS",
    "Forecast",
    "Window",
    "WindowScore",
    "covers",
    "crps",
    "forecast_aspides",
    "forecast_convoy_dates",
    "forecast_duncan",
    "forecast_escort_ratio",
    "forecast_seen_share",
    "load_episodes",
    "load_transits",
    "score_window",
]
