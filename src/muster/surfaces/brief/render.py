"""The brief as one self-contained HTML page: opens offline, asks nothing of anyone."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from muster.surfaces.brief.page import Brief
from muster.surfaces.style import style_sheet


def render_brief(brief: Brief) -> str:
    """Return the page; all text is escaped, the only markup let through are our own SVG charts."""
    environment = Environment(
        loader=PackageLoader("muster.surfaces.brief"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    from markupsafe import Markup

    css = Markup(style_sheet())  # noqa: S704  our own file, no outside text
    return environment.get_template("brief.html.j2").render(brief=brief, css=css)
