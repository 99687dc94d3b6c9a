"""Tensions as a timeline, and acts against shipping."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from muster.assessment.tension import find_tensions
from muster.surfaces.cards.tensions import act_rows, tension_rows
from muster.surfaces.web.site import Site

MOST_SHOWN = 200


def show_tensions(site: Site, request: Request) -> Response:
    """Tensions, newest first, by kind and member; acts by kind; a filter leads to older ones."""
    view = site.view(request)
    rows = tension_rows(find_tensions(view, site.case, site.roll(view)))
    kind, member = request.query_params.get("kind", ""), request.query_params.get("member", "")
    chosen = [row for row in rows if kind in {"", row.kind} and member in {"", row.actor, row.target}]
    values = {
        "tensions": chosen[:MOST_SHOWN], "n_tensions": len(chosen),
        "acts": act_rows(view.statements("act")), "kind": kind, "member": member,
        "kinds": sorted({row.kind for row in rows}), "members": sorted({row.actor for row in rows}),
    }  # fmt: skip
    return HTMLResponse(site.render("tensions.html.j2", "/tensions", values, view))
