"""Long work that goes wrong is told, on the page and in the log."""

import logging

import pytest

from muster.base.errors import InputError
from muster.surfaces.web.jobs import Job, Jobs


def ended(error: Exception) -> Job:
    """Return a job whose work raised this error."""

    def work(_: Job) -> dict[str, tuple[str, bytes]]:
        raise error

    jobs = Jobs()
    job = jobs.start("Find it", work)
    with job.changed:
        assert job.changed.wait_for(lambda: job.is_over, timeout=30)
    jobs.close()
    return job


def test_a_fault_is_logged_and_the_page_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """The traceback goes to the server's log, never to the reader."""
    with caplog.at_level(logging.ERROR, logger="uvicorn.error"):
        job = ended(ZeroDivisionError("secret detail"))
    assert job.state == "failed"
    assert "log" in job.step
    assert "secret" not in job.step
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


def test_an_error_for_the_user_is_told_in_its_own_words() -> None:
    """One sentence, as on the command line."""
    assert ended(InputError("seed -1", rule="a seed is a whole number")).step == "seed -1; a seed is a whole number."
