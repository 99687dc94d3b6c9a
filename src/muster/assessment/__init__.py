"""View -> roll, claim verdicts, asks with their answers, tensions: pure functions over `muster.ledger.view`, no SQL."""

from muster.assessment.asks import link_asks
from muster.assessment.claim import Verdict, check_claim
from muster.assessment.roll import Roll, build_roll
from muster.assessment.standing import Reason, Standing
from muster.assessment.tension import Tension, find_tensions

__all__ = [
    "Reason",
    "Roll",
    "Standing",
    "Tension",
    "Verdict",
    "build_roll",
    "check_claim",
    "find_tensions",
    "link_asks",
]
