"""What every page needs: the case, the ledger, one view a request, the newest rolls."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request

from muster import __version__
from muster.assessment.roll import Roll, build_roll
from muster.base.case import Case
from muster.base.clock import parse_date, parse_instant
from muster.ledger.view import View
from muster.surfaces.web.accounts import Person

REVISION_S = 0.1
"""What another process records is seen after at most so long; what this one records, at once."""


def make_templates() -> Environment:
    """Return the template environment: autoescape always, unknown names are errors."""
    return Environment(
        loader=PackageLoader("muster.surfaces.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(slots=True)
class Site:
    """The served case.

    `root` is the path prefix of all links, without a slash at its end; `is_static` hides what needs a server.
    """

    case: Case
    ledger: Any
    root: str = ""
    is_static: bool = False
    strait: Any = None
    templates: Environment = field(default_factory=make_templates)
    _counts: OrderedDict[tuple[date, datetime], int] = field(default_factory=OrderedDict)
    _rolls: OrderedDict[tuple[date, datetime], Roll] = field(default_factory=OrderedDict)
    _written: dict[str, str] = field(default_factory=dict)
    _seen: tuple[float, str] = (float("-inf"), "")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def revision(self) -> str:
        """Return a mark that changes whenever the ledger grows."""
        asked_s, found = time.monotonic(), str(self.ledger.revision())
        self._seen = (asked_s, found)
        return found

    def recent_revision(self) -> str:
        """Return the mark as last asked, or nothing if that was over `REVISION_S` ago or something was written here."""
        asked_s, found = self._seen
        return found if time.monotonic() - asked_s < REVISION_S else ""

    def note_write(self, person: Person) -> None:
        """Remember what a person wrote, so that every page shown to that person shows it."""
        self._written[person.name] = self.revision()

    def written_by(self, person: Person | None) -> str:
        """Return the revision of a person's last write since the server began; nothing where there is none."""
        return self._written.get(person.name, "") if person else ""

    def view(self, request: Request) -> View:
        """Return the view that a request asks for by `as_of` and `known_at`.

        Raises
        ------
        InputError
            A date or instant does not parse.
        """
        as_of, known_at = request.query_params.get("as_of"), request.query_params.get("known_at")
        view: View = self.ledger.view(
            as_of=parse_date(as_of, name="as_of") if as_of else self.case.as_of,
            known_at=parse_instant(known_at, name="known_at") if known_at else None,
        )
        return view

    def n_documents(self, view: View) -> int:
        """Return the number of documents of a view; counting reads them all, so the newest few counts are kept."""
        key = (view.as_of, view.known_at)
        with self._lock:
            found = self._counts.get(key)
        if found is None:
            found = view.counts().get("document", 0)
            with self._lock:
                self._counts[key] = found
                while len(self._counts) > 8:
                    self._counts.popitem(last=False)
        return found

    def roll(self, view: View) -> Roll:
        """Return the roll of a view; the newest few are kept."""
        key = (view.as_of, view.known_at)
        with self._lock:
            found = self._rolls.get(key)
        if found is None:
            found = build_roll(view, self.case)
            with self._lock:
                self._rolls[key] = found
                while len(self._rolls) > 8:
                    self._rolls.popitem(last=False)
        return found

    def render(self, template: str, section: str, values: Mapping[str, Any], view: View | None = None) -> str:
        """Return a page: the template with the frame's own values."""
        frame = {
            "root": self.root, "is_static": self.is_static, "section": section, "case_title": self.case.title,
            "version": __version__,
            "as_of": view.as_of.isoformat() if view else "",
            "known_at": view.known_at.isoformat(timespec="seconds") if view else "",
        }  # fmt: skip
        # Macros imported "with context" see `root`.
        return self.templates.get_template(template).render({**frame, **values})
