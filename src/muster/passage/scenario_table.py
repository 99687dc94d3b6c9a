"""Strict reading of one TOML table: every key known, every value checked; errors name key, value and rule."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from muster.base.errors import ScenarioError
from muster.passage.priors import Number

_RANGE_FORMS = "a number, { low, mode, high }, { low, high }, { low, high, scale = 'log' } or { median, sigma_log }"
_SOURCE_KEYS = {"source", "note"}


class TomlTable:
    """A table with its dotted place; remembers which keys were read, so that `done` can refuse the others."""

    def __init__(self, table: Mapping[str, Any], place: str) -> None:
        self.table = table
        self.place = place
        self._read: set[str] = set(_SOURCE_KEYS)

    def key(self, name: str) -> str:
        """Return the dotted key."""
        return f"{self.place}.{name}" if self.place else name

    def fail(self, name: str, rule: str) -> ScenarioError:
        """Return the error for a key of this table."""
        shown = repr(self.table[name]) if name in self.table else "missing"
        return ScenarioError(f"scenario: {self.key(name)} = {shown}", rule=rule, next_step="Correct the scenario file")

    def done(self) -> None:
        """Refuse keys that nothing read: a misspelt key must not be ignored."""
        for name in self.table:
            if name not in self._read:
                known = ", ".join(sorted(self._read - _SOURCE_KEYS))
                raise self.fail(name, f"{name} is not a key of [{self.place or 'the file'}]; its keys are {known}")

    def _get(self, name: str) -> Any:
        self._read.add(name)
        return self.table.get(name)

    def has(self, name: str) -> bool:
        """Whether the key is given."""
        return name in self.table

    def sub(self, name: str, *, optional: bool = False) -> "TomlTable":
        """Return a sub-table; an absent optional one is empty."""
        value = self._get(name)
        if value is None and optional:
            value = {}
        if not isinstance(value, Mapping):
            raise self.fail(name, f"[{self.key(name)}] is a table")
        return TomlTable(value, self.key(name))

    def rows(self, name: str) -> "Sequence[TomlTable]":
        """Return an array of tables, empty if absent."""
        value = self._get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.fail(name, f"[[{self.key(name)}]] is an array of tables")
        return [TomlTable(item, f"{self.key(name)}[{number}]") for number, item in enumerate(value, 1)]

    def text(self, name: str, default: str | None = None, *, among: Sequence[str] | None = None) -> str:
        """Return a text."""
        value = self._get(name)
        value = default if value is None else value
        if not isinstance(value, str) or (not value and default is None):
            raise self.fail(name, f"{name} is a text")
        if among is not None and value not in among:
            raise self.fail(name, f"{name} is one of {', '.join(among)}")
        return value

    def texts(self, name: str, *, among: Sequence[str] | None = None, default: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(name)
        value = list(default) if value is None else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(name, f"{name} is a list of texts")
        if among is not None and not set(value) <= set(among):
            raise self.fail(name, f"{name} holds only {', '.join(among)}")
        return tuple(value)

    def day(self, name: str) -> date:
        """Return a date."""
        value = self._get(name)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.fail(name, f"{name} is a TOML date such as 2026-08-18")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._get(name)
        value = default if value is None else value
        if not isinstance(value, bool):
            raise self.fail(name, f"{name} is true or false")
        return value

    def fixed(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Return a plain number in [low, high]; no range may stand here."""
        value = self._get(name)
        value = default if value is None else value
        if value is None or not _is_number(value) or not low <= value <= high:
            raise self.fail(name, f"{name} is a plain number from {low:g} to {high:g}")
        return float(value)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number in [low, high]."""
        value = self._get(name)
        value = default if value is None else value
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.fail(name, f"{name} is a whole number from {low} to {high}")
        return value

    def number(self, name: str, low: float, high: float, default: float | None = None) -> Number:
        """Return a number that may be a range; each bound lies in [low, high]."""
        value = self._get(name)
        if value is None:
            if default is None:
                raise self.fail(name, f"{name} is {_RANGE_FORMS}, from {low:g} to {high:g}")
            return Number.point(self.key(name), default)
        if _is_number(value):
            parts = {"mode": float(value)}
            shape = "point"
        elif isinstance(value, Mapping):
            shape, parts = self._range(name, value)
        else:
            raise self.fail(name, f"{name} is {_RANGE_FORMS}")
        bounds = [part for key, part in parts.items() if key != "sigma_log"]
        if not all(low <= part <= high for part in bounds):
            raise self.fail(name, f"{name} is from {low:g} to {high:g}")
        return _make_number(self.key(name), shape, parts)

    def _range(self, name: str, value: Mapping[str, Any]) -> tuple[str, dict[str, float]]:
        given = set(value) - _SOURCE_KEYS
        scale = value.get("scale", "linear")
        numbers = {key: float(value[key]) for key in given if key != "scale" and _is_number(value[key])}
        shapes = {
            frozenset({"low", "mode", "high"}): "triangular",
            frozenset({"low", "high"}): "uniform",
            frozenset({"median", "sigma_log"}): "lognormal",
        }
        shape = shapes.get(frozenset(numbers))
        if shape is None or scale not in {"linear", "log"} or given - set(numbers) - {"scale"}:
            raise self.fail(name, f"a range is {_RANGE_FORMS}")
        if scale == "log" and (shape != "uniform" or numbers["low"] <= 0):
            raise self.fail(name, "scale = 'log' goes with low > 0 and high, without mode")
        if shape == "lognormal":
            if numbers["median"] <= 0 or not 0 < numbers["sigma_log"] <= 5:
                raise self.fail(name, "median > 0 and 0 < sigma_log <= 5")
            return shape, numbers
        if not numbers["low"] <= numbers.get("mode", numbers["low"]) <= numbers["high"] or (
            numbers["low"] == numbers["high"]
        ):
            raise self.fail(name, "low <= mode <= high and low < high")
        return "log_uniform" if scale == "log" else shape, numbers


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # noqa: PLR0124


def _make_number(key: str, shape: str, parts: Mapping[str, float]) -> Number:
    if shape == "lognormal":
        return Number(key, shape, 0.0, parts["median"], parts["sigma_log"])
    mode = parts.get("mode", parts.get("low", 0.0))
    return Number(key, shape, parts.get("low", mode), mode, parts.get("high", mode))
