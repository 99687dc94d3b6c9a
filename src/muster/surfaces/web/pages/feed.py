"""Atom: what was recorded lately, newest first."""

from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response

from muster.base.actors import display_name
from muster.surfaces.cards.quotes import describe
from muster.surfaces.web.site import Site

MOST_ENTRIES = 50


def changes(site: Site, request: Request) -> Response:
    """The newest statements as an Atom feed (RFC 4287)."""
    view = site.view(request)
    entries = view.newest_statements(limit=MOST_ENTRIES, by_recording=True)
    base = str(request.base_url).rstrip("/") + site.root
    updated = (entries[0].recorded_at if entries else view.known_at).isoformat(timespec="seconds")
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(site.case.title)}: changes</title><id>{escape(base)}/changes.atom</id>",
        f"<updated>{updated}</updated>",
        f'<link rel="self" href={quoteattr(base + "/changes.atom")}/><author><name>muster</name></author>',
    ]
    for entry in entries:
        link = f"{base}/statements/{entry.id}"
        title = f"{display_name(entry.statement.actor)}: {describe(entry.statement)}"
        parts.append(
            f"<entry><title>{escape(title)}</title><id>{escape(link)}</id><link href={quoteattr(link)}/>"
            f"<updated>{entry.recorded_at.isoformat(timespec='seconds')}</updated>"
            f"<published>{entry.valid_from.isoformat()}T00:00:00Z</published>"
            f"<summary>{escape(entry.statement.quote)}</summary></entry>"
        )
    return Response("\n".join([*parts, "</feed>"]), media_type="application/atom+xml; charset=utf-8")
