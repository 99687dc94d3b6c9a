"""Compose a brief in the background; preview it; take it as HTML, Markdown or PDF."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from muster.base.clock import parse_date
from muster.base.errors import NotFoundError
from muster.surfaces.brief.compose import compose_brief
from muster.surfaces.brief.passage import compose_passage
from muster.surfaces.brief.render import find_chromium, print_pdf, render_brief, render_markdown
from muster.surfaces.web.accounts import is_same_origin
from muster.surfaces.web.jobs import Job, Jobs
from muster.surfaces.web.site import Site

WEB_RUNS = 200
WEB_DAYS = 60
SEED = 7
HEARTBEAT_S = 15.0


def show_form(site: Site, _: Request) -> Response:
    """The form."""
    values = {"has_pdf": find_chromium() is not None, "day": site.case.as_of.isoformat()}
    return HTMLResponse(site.render("brief_form.html.j2", "/brief", values))


async def start(site: Site, jobs: Jobs, request: Request) -> Response:
    """Start composing; lead to the job's page. A form of this site only: work is not started from elsewhere."""
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    form = await request.form(max_files=0, max_fields=8)
    as_of = parse_date(str(form.get("as_of", ""))[:10] or site.case.as_of, name="as_of")
    has_passage, has_pdf = form.get("passage") == "on", form.get("pdf") == "on"

    def work(job: Job) -> dict[str, tuple[str, bytes]]:
        view = site.ledger.view(as_of=as_of)
        job.tell("opening the view")
        section = None
        if has_passage:
            section = compose_passage(site.case, view, n_runs=WEB_RUNS, n_days=WEB_DAYS, seed=SEED, tell=job.tell)
        job.tell("checking claims and finding tensions")
        inputs: dict[str, object] = {"runs": WEB_RUNS, "days": WEB_DAYS, "seed": SEED}
        brief = compose_brief(site.case, view, passage=section, inputs=inputs)
        job.tell("writing the page")
        page = render_brief(brief)
        results = {
            "brief.html": ("text/html; charset=utf-8", page.encode()),
            "brief.md": ("text/markdown; charset=utf-8", render_markdown(brief).encode()),
        }
        if has_pdf:
            job.tell("printing the PDF")
            results["brief.pdf"] = ("application/pdf", print_pdf(page))
        return results

    job = await run_in_threadpool(jobs.start, f"Brief of {site.case.title} as of {as_of}", work)
    return RedirectResponse(f"{site.root}/jobs/{job.id}", status_code=303)


def show_job(site: Site, jobs: Jobs, request: Request) -> Response:
    """A job's page: where it is, or its results."""
    job = jobs.get(request.path_params["job"])
    return HTMLResponse(site.render("job.html.j2", "/brief", {"job": job}))


async def cancel(site: Site, jobs: Jobs, request: Request) -> Response:
    """Cancel a job."""
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)
    jobs.cancel(request.path_params["job"])
    return RedirectResponse(f"{site.root}/jobs/{request.path_params['job']}", status_code=303)


async def events(jobs: Jobs, request: Request) -> Response:
    """The job's progress as server-sent events, until it is over."""
    job = jobs.get(request.path_params["job"])

    async def stream() -> AsyncIterator[str]:
        seen = -1
        while True:
            await run_in_threadpool(job.wait, seen, HEARTBEAT_S)
            seen = job.n_steps
            yield f"data: {json.dumps({'state': job.state, 'step': job.step, 'n_steps': job.n_steps})}\n\n"
            if job.is_over or await request.is_disconnected():
                return

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def result(jobs: Jobs, request: Request) -> Response:
    """One file of a job's results; the page itself keeps its own strict policy and may not be framed elsewhere."""
    job = jobs.get(request.path_params["job"])
    name = urlsplit(request.path_params["name"]).path
    if name not in job.results:
        raise NotFoundError(
            f"{name!r} is not among the results", rule=f"there are {', '.join(job.results) or 'none yet'}"
        )
    kind, data = job.results[name]
    headers = {"Cache-Control": "no-store"}
    if "download" in request.query_params:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(data, media_type=kind, headers=headers)
