"""Backtests: what the model would have said before the fact, beside what happened and beside simple forecasts."""

from muster.passage.backtest.escorts import (
    Forecast,
    forecast_aspides,
    forecast_convoy_dates,
    forecast_duncan,
    forecast_escort_ratio,
)
from muster.passage.backtest.levels import LEVEL_WINDOWS, Level, LevelWindow, held_in, model_level
from muster.passage.backtest.record import load_episodes, load_transits
from muster.passage.backtest.scores import covers, crps
from muster.passage.backtest.transits import WINDOWS, Window, WindowScore, forecast_seen_share, score_window

__all__ = [
    "LEVEL_WINDOWS",
    "WINDOWS",
    "Forecast",
    "Level",
    "LevelWindow",
    "Window",
    "WindowScore",
    "covers",
    "crps",
    "forecast_aspides",
    "forecast_convoy_dates",
    "forecast_duncan",
    "forecast_escort_ratio",
    "forecast_seen_share",
    "held_in",
    "load_episodes",
    "load_transits",
    "model_level",
    "score_window",
]
