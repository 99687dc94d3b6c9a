"""What a site's robots.txt allows (RFC 9309): groups, the longest rule, `*` and `$`, and the crawl delay.

The standard library's parser knows neither the longest rule nor wildcards and would fetch what sites forbid with them.
Matching takes time linear in pattern and path: a hostile file cannot make it slow.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

MAX_ROBOTS_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB must be read
MAX_CRAWL_DELAY_S = 120.0  # a site that asks for more is still asked this rarely
_MAX_RULES = 5000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for one crawler: (is_allow, pattern) pairs and a delay in seconds, None where not given."""

    rules: tuple[tuple[bool, str], ...] = ()
    crawl_delay_s: float | None = None

    def allows(self, path: str) -> bool:
        """Return whether a path (with its query) may be fetched: the longest matching rule decides, allow wins ties."""
        path = _normal(path or "/")
        best = max(((len(pattern), allow) for allow, pattern in self.rules if _matches(pattern, path)), default=None)
        return best is None or best[1]


ALLOW_ALL = Robots()
DENY_ALL = Robots(((False, "/"),))


def parse_robots(text: str, *, agent: str) -> Robots:
    """Return the rules for a crawler: of the groups that name it, else of the groups for `*`.

    Parameters
    ----------
    text : str
        The file; lines that are none of its are ignored.
    agent : str
        Product token, such as `muster`.
    """
    groups: list[tuple[list[str], list[tuple[str, str]]]] = []
    is_open = False
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not is_open:
                groups.append(([], []))
            groups[-1][0].append(value.split("/")[0].strip().lower())
            is_open = True
        elif key in {"allow", "disallow", "crawl-delay"} and groups:
            groups[-1][1].append((key, value))
            is_open = False
    agent = agent.lower()
    lines = [line for agents, lines in groups if agent in agents for line in lines]
    if not any(agent in agents for agents, _ in groups):
        lines = [line for agents, lines in groups if "*" in agents for line in lines]
    rules = [(key == "allow", _normal(value)) for key, value in lines if key != "crawl-delay" and value]
    delays = [delay for key, value in lines if key == "crawl-delay" and (delay := _seconds(value)) is not None]
    return Robots(tuple(rules[:_MAX_RULES]), max(delays, default=None))


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return min(value, MAX_CRAWL_DELAY_S) if value >= 0 else None


def _normal(path: str) -> str:
    """Percent-encoding in one form, so that `/%61` and `/a` are one path."""
    return quote(unquote_to_bytes(path), safe="/?&=*$:;,@+!~'()[]-._")


def _matches(pattern: str, path: str) -> bool:
    is_anchored = pattern.endswith("$")
    pieces = (pattern[:-1] if is_anchored else pattern).split("*")
    if not path.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    if len(pieces) == 1:
        return not is_anchored or place == len(path)
    for piece in pieces[1:-1]:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    last = pieces[-1]
    if is_anchored:
        return path.endswith(last) and len(path) - len(last) >= place
    return path.find(last, place) >= 0
