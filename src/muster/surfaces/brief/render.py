"""The brief as one self-contained HTML page, as Markdown, and (through a Chromium that is there) as PDF."""

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from muster.base.errors import NotFoundError, RemoteError
from muster.surfaces.brief.page import Brief
from muster.surfaces.style import style_sheet

_MARKS = re.compile(r"([\\`*_{}\[\]<>|#~])")
PDF_TIMEOUT_S = 90


@cache
def _environment(*, is_html: bool) -> Environment:
    # Markdown has its own escape, applied by the filter `md` in its template.
    environment = Environment(
        loader=PackageLoader("muster.surfaces.brief"),
        autoescape=select_autoescape(default=is_html, default_for_string=is_html, enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = escape_markdown
    environment.filters["mdurl"] = lambda url: url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return environment


def escape_markdown(text: object) -> str:
    """Return text whose characters mean themselves in Markdown, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))


def render_brief(brief: Brief) -> str:
    """Return the HTML page; all text is escaped, the only markup let through are our own SVG charts."""
    css = Markup(style_sheet())  # noqa: S704  our own file, no outside text
    return _environment(is_html=True).get_template("brief.html.j2").render(brief=brief, css=css)


def render_markdown(brief: Brief) -> str:
    """Return the brief as Markdown: the same words, no pictures."""
    text = _environment(is_html=False).get_template("brief.md.j2").render(brief=brief)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome on this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def print_pdf(page: str) -> bytes:
    """Return the HTML page as PDF.

    Raises
    ------
    NotFoundError
        No Chromium is on this machine.
    RemoteError
        Chromium failed or took longer than `PDF_TIMEOUT_S`.
    """
    chromium = find_chromium()
    if chromium is None:
        raise NotFoundError(
            "no Chromium is on this machine", rule="PDF is printed by one", next_step="Install chromium, or take HTML"
        )
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "brief.html", Path(folder) / "brief.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            chromium, "--headless", "--disable-gpu", "--no-sandbox", "--no-first-run",
            "--disable-background-networking",
            "--no-pdf-header-footer", f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=PDF_TIMEOUT_S)  # noqa: S603  fixed arguments
            return target.read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise RemoteError(f"Chromium could not print the page: {type(error).__name__}") from None
