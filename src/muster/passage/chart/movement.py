"""What the chart shows of a run: passages, acts against them, spells of the coastal regime."""

from dataclasses import dataclass

from muster.base.errors import InputError

DIRECTIONS = ("in", "out")


@dataclass(frozen=True, slots=True)
class Movement:
    """One ship, or one convoy as a whole.

    Attributes
    ----------
    arrive_h : float
        Hours since the run's start when it began to wait.
    sail_h, end_h : float or None
        When its passage began and ended; None for a ship that left without sailing or still waits.
    direction : "in" or "out"
        "in" follows the lane's points in their order.
    route : str
    n_ships : int, >= 1
    n_escorts : int, >= 0
    leave_h : float or None
        When it gave up waiting.
    """

    arrive_h: float
    sail_h: float | None
    end_h: float | None
    direction: str
    route: str = ""
    n_ships: int = 1
    n_escorts: int = 0
    leave_h: float | None = None

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise InputError(f"movement: direction {self.direction!r}", rule="directions are in and out")
        if (self.sail_h is None) != (self.end_h is None):
            raise InputError("movement: one of sail_h and end_h is missing", rule="a passage has both or neither")
        if self.sail_h is not None and self.end_h is not None and not self.arrive_h <= self.sail_h <= self.end_h:
            raise InputError(
                f"movement: arrive_h {self.arrive_h}, sail_h {self.sail_h}, end_h {self.end_h}",
                rule="a ship arrives, then sails, then ends",
            )

    def share_at(self, hour: float) -> float | None:
        """Return the share of the passage made at `hour`, None when it is not under way."""
        if self.sail_h is None or self.end_h is None or not self.sail_h <= hour < self.end_h:
            return None
        return (hour - self.sail_h) / (self.end_h - self.sail_h)

    def waits_at(self, hour: float) -> bool:
        """Return whether it lies waiting at `hour`."""
        until = self.sail_h if self.sail_h is not None else self.leave_h
        return self.arrive_h <= hour and (until is None or hour < until)


@dataclass(frozen=True, slots=True)
class ActMark:
    """An act against a ship: when, on which lane, how far along its points (0..1), and its kind in plain words."""

    hour: float
    route: str
    share: float
    kind: str


@dataclass(frozen=True, slots=True)
class RegimeSpell:
    """The coastal regime from `from_h` until the next spell."""

    from_h: float
    regime: str
