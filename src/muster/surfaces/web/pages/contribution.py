"""Pages of what the contribution half finds: found in the background, then kept until the ledger grows."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from muster.surfaces.web.accounts import is_same_origin
from muster.surfaces.web.findings import N_DAYS, N_RUNS, QUESTIONS, Finding
from muster.surfaces.web.jobs import Job, Jobs
from muster.surfaces.web.site import Site


class Findings:
    """The newest finding of each kind."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}

    def get(self, name: str) -> Finding | None:
        """Return the newest finding of a kind, if there is one."""
        return self._found.get(name)

    def keep(self, name: str, finding: Finding) -> None:
        """Keep a finding in place of the one before."""
        self._found[name] = finding


def show_finding(site: Site, findings: Findings, name: str) -> Response:
    """The finding's page: the table and figure, or the button that finds it."""
    finding = findings.get(name)
    values = {
        "name": name, "question": QUESTIONS[name], "questions": QUESTIONS, "finding": finding, "n_runs": N_RUNS,
        "n_days": N_DAYS, "is_old": finding is not None and finding.revision != site.revision(),
        "day": site.case.as_of.isoformat(),
    }  # fmt: skip
    return HTMLResponse(site.render("finding.html.j2", "/passage", values))


async def start_finding(site: Site, findings: Findings, jobs: Jobs, request: Request, name: str) -> Response:
    """Start finding; lead to the job's page. Only from a page of this site."""
    if not is_same_origin(request):
        return HTMLResponse("This form was sent from another site.", status_code=403)

    def work(job: Job) -> dict[str, tuple[str, bytes]]:
        findings.keep(name, QUESTIONS[name].find(site, job.tell))
        return {}

    job = await run_in_threadpool(jobs.start, QUESTIONS[name].title, work, f"/{name}")
    return RedirectResponse(f"{site.root}/jobs/{job.id}", status_code=303)
