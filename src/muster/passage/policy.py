"""Policies: how protection is organised. Parsed from a short text such as `convoy:12h:20:2` or `corridor+clear`.

none                          no protection, the coalition's units stay in port
convoy[:INTERVALh[:CAP[:NEED]]]    one convoy a direction every INTERVAL hours, at most CAP ships, NEED escorts
demand[:BATCH[:WAITh[:NEED[:CAP]]]]  a convoy as soon as BATCH ships wait or one has waited WAIT hours
accompany[:NEED[:CAP]]        accompaniment on request: NEED escorts take up to CAP ships as soon as one asks
corridor[:UNITS]              units patrol the facilitated lane; UNITS on patrol count as full cover
...+reflag:SHARE              that share of the ships that may reflag sails under the protecting flag
...+clear                     mines of the facilitated lane are cleared before anyone sails on it
"""

from dataclasses import dataclass, replace

from muster.base.errors import ScenarioError

KINDS = ("none", "convoy", "demand", "accompany", "corridor")
_FORMS = "none, convoy:12h:20:2, demand:10:24h:2:20, accompany:1:2, corridor:8, each with +reflag:0.2 or +clear"


@dataclass(frozen=True, slots=True)
class Policy:
    """One way of organising protection.

    Parameters
    ----------
    kind : str
        `none`, `convoy`, `demand`, `accompany` or `corridor`.
    interval_h : float, hours, > 0
        Fixed interval of `convoy`.
    cap_ships, need_escorts : int, >= 1
        Most ships and number of escorts in one convoy.
    batch_ships, longest_wait_h
        What calls a convoy under `demand`.
    full_cover_units : float, > 0
        Units on patrol under `corridor` at which its effect is full; with fewer it is proportional.
    reflag_share : float, 0..1
        Share of the ships of reflaggable flag groups that change to the protecting flag.
    clear_first : bool
        Clear the facilitated lane of mines before it is used.
    """

    kind: str = "none"
    interval_h: float = 12.0  # the published reference model (benchmarks): every 12 h
    cap_ships: int = 20  # as above: at most 20 ships
    need_escorts: int = 2  # Earnest Will March 1988: 2 warships for 5 to 9 ships in line (AP, 26 March 1988)
    batch_ships: int = 10  # assumption: half a full convoy
    longest_wait_h: float = 48.0  # assumption
    full_cover_units: float = 8.0  # assumption; Earnest Will kept 9 to 12 warships inside the Gulf in August 1988
    reflag_share: float = 0.0
    clear_first: bool = False

    @property
    def uses_forces(self) -> bool:
        """Whether units are called upon at all."""
        return self.kind != "none"

    @property
    def has_escorts(self) -> bool:
        """Whether ships may wait for escorts."""
        return self.kind in {"convoy", "demand", "accompany"}

    def __str__(self) -> str:
        """Return the text that parses to this policy."""
        head = {
            "none": "none",
            "convoy": f"convoy:{self.interval_h:g}h:{self.cap_ships}:{self.need_escorts}",
            "demand": f"demand:{self.batch_ships}:{self.longest_wait_h:g}h:{self.need_escorts}:{self.cap_ships}",
            "accompany": f"accompany:{self.need_escorts}:{self.cap_ships}",
            "corridor": f"corridor:{self.full_cover_units:g}",
        }[self.kind]
        reflag = f"+reflag:{self.reflag_share:g}" if self.reflag_share else ""
        return head + reflag + ("+clear" if self.clear_first else "")


def parse_policy(text: str) -> Policy:
    """Return the policy that a text names.

    Raises
    ------
    ScenarioError
        The text names no policy, or a number in it breaks its rule; names the text and the part.
    """
    head, *options = text.strip().lower().split("+")
    kind, *parts = head.split(":")
    if kind not in KINDS:
        raise ScenarioError(f"policy {text!r}: {kind!r} is not a policy", rule=f"policies are {_FORMS}")
    policy = _parse_head(text, kind, parts)
    for option in options:
        name, *values = option.split(":")
        if name == "clear" and not values:
            policy = replace(policy, clear_first=True)
        elif name == "reflag" and len(values) == 1:
            policy = replace(policy, reflag_share=_number(text, values[0], 0, 1))
        else:
            raise ScenarioError(f"policy {text!r}: option {option!r} is not known", rule=f"policies are {_FORMS}")
    return policy


def _parse_head(text: str, kind: str, parts: list[str]) -> Policy:
    readers = {
        "none": (),
        "convoy": (("interval_h", 0.25, 8760), ("cap_ships", 1, 1000), ("need_escorts", 1, 64)),
        "demand": (("batch_ships", 1, 1000), ("longest_wait_h", 0.25, 8760), ("need_escorts", 1, 64),
                   ("cap_ships", 1, 1000)),
        "accompany": (("need_escorts", 1, 64), ("cap_ships", 1, 1000)),
        "corridor": (("full_cover_units", 0.5, 1000),),
    }[kind]  # fmt: skip
    if len(parts) > len(readers):
        raise ScenarioError(f"policy {text!r} has {len(parts)} numbers", rule=f"policies are {_FORMS}")
    # Montrose 2019: 1.6 ships a transit with one frigate, so accompaniment takes 1 escort and up to 2 ships.
    start = Policy(kind, need_escorts=1, cap_ships=2, batch_ships=1) if kind == "accompany" else Policy(kind)
    found: dict[str, float | int] = {}
    for (name, low, high), part in zip(readers, parts, strict=False):
        value = _number(text, part, low, high)
        found[name] = value if name.endswith(("_h", "_units")) else int(value)
    return replace(start, **found)  # type: ignore[arg-type]


def _number(text: str, part: str, low: float, high: float) -> float:
    try:
        value = float(part.removesuffix("h"))
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ScenarioError(
            f"policy {text!r}: {part!r}", rule=f"this part is a number from {low:g} to {high:g}; policies are {_FORMS}"
        )
    return value
