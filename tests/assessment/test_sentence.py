"""A sentence is read into quantifier, population, predicate and date, or the error says which part was not."""

from datetime import date

import pytest

from factory import make_ask, make_case
from muster.assessment.claim_words import claim_words
from muster.assessment.sentence import Claim, parse_claim
from muster.base.errors import InputError
from muster.base.groups import Membership

RAW = {
    "roll": {"allies": "NATO-MEMBERS", "coalition": "COALITION"},
    "group": [
        {"code": "SIGNATORIES", "names": ["signatories"], "belonging": ["signed the statement"], "members": []},
        {"code": "BEGUN", "belonging": ["begun the mission"], "members": []},
    ],
}
GROUPS = [Membership(code, "GBR") for code in ("EUROPE", "EU-MEMBERS", "GULF-STATES", "COALITION", "SIGNATORIES")]
CASE = make_case(asks=(make_ask("basing"), make_ask("escort")), groups=GROUPS, raw=RAW)


def read(sentence: str) -> Claim:
    """Parse in the small case."""
    return parse_claim(sentence, CASE)


WORDS = claim_words(("united states", "the united states", "washington"))


@pytest.mark.parametrize("words", WORDS.quantifiers, ids=lambda words: f"{words.name}: {words.example}")
def test_every_quantifier_reads_its_example(words: object) -> None:
    """The data file's examples are its tests."""
    assert read(words.example).quantifier == words.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", WORDS.populations, ids=lambda words: words.example)
def test_every_population_reads_its_example(words: object) -> None:
    """ALLIES and COALITION are what the case says they are."""
    wanted = tuple(
        dict.fromkeys("NATO-MEMBERS" if code == "ALLIES" else code for code in words.groups)  # type: ignore[attr-defined]
    )
    assert read(words.example).population == wanted  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [*WORDS.phrases, *WORDS.matters], ids=lambda words: words.example)
def test_every_matter_reads_its_example(words: object) -> None:
    """Phrases and matters give the matter they name."""
    assert read(words.example).predicate.whats == words.whats  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", WORDS.verbs, ids=lambda words: words.example)
def test_every_verb_reads_its_example(words: object) -> None:
    """Verbs give the test they stand for."""
    assert read(words.example).predicate.test == words.test  # type: ignore[attr-defined]


def test_the_founding_claim_is_read() -> None:
    """Nearly all allies, every ask addressed to them, authorised or above."""
    claim = read("Nearly without exception, allies are doing everything the United States has asked")

    assert (claim.quantifier, claim.population) == ("nearly_all", ("NATO-MEMBERS",))
    assert (claim.predicate.whats, claim.predicate.test) == (("everything",), "authorised")
    assert claim.quantity.threshold == ">= 0.9"
    assert "nearly without exception" in claim.parse["quantifier"]


@pytest.mark.parametrize(
    ("sentence", "whats", "test", "is_negated"),
    [
        ("Most allies have refused to send warships", ("escort",), "refusal", False),
        ("Most allies have not sent warships", ("escort",), "deployed", True),
        ("Most allies will not send warships", ("escort",), "refusal", False),
        ("Most allies are considering sending warships", ("escort",), "considering", False),
        ("Several countries have agreed to send warships", ("escort",), "pledged", False),
        ("Some allies have failed to do what the United States asked", ("everything",), "authorised", True),
        ("No ally helped the United States", ("anything",), "authorised", False),
        ("Most allies have not done everything Washington asked", ("everything",), "authorised", True),
        ("All but two allies allow the use of their bases", ("basing",), "authorised", False),
    ],
)
def test_predicates_have_a_matter_a_test_and_a_sign(
    sentence: str, whats: tuple[str, ...], test: str, is_negated: bool
) -> None:
    """What is done, how far, and whether it is denied."""
    predicate = read(sentence).predicate

    assert (predicate.whats, predicate.test, predicate.is_negated) == (whats, test, is_negated)


def test_the_case_brings_its_own_lists() -> None:
    """A phrase of the case file makes a claim about a dated list; bare countries are then an open list."""
    claim = read("22 countries have signed the statement")

    assert (claim.predicate.kind, claim.predicate.group) == ("belonging", "SIGNATORIES")
    assert claim.population == ()
    assert read("None of the signatories has begun the mission").population == ("SIGNATORIES",)
    assert read("None of the signatories has begun the mission").predicate.group == "BEGUN"


@pytest.mark.parametrize(
    ("tail", "on"),
    [
        ("as of 2026-04-09", date(2026, 4, 9)), ("on 9 April 2026", date(2026, 4, 9)),
        ("on April 9", date(2026, 4, 9)), ("by 1 May", date(2026, 5, 1)), ("", None),
    ],
)  # fmt: skip
def test_a_date_in_the_sentence_is_its_day(tail: str, on: date | None) -> None:
    """Without a year it lies in the year of the case; `of 12 May` names a document, not a day of the claim."""
    assert read(f"Most allies have sent warships {tail}").as_of == on


def test_n_of_m_keeps_both_numbers() -> None:
    """22 of 32: exactly 22, and the sentence counted 32."""
    claim = read("22 of 32 allies have sent warships")

    assert (claim.quantity.number, claim.n_stated, claim.quantifier) == (22, 32, "exactly")


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("Allies are doing everything the United States has asked", "could not read how many"),
        ("Most bananas are sent as warships", "could not read of whom it speaks"),
        ("Most allies are yellow", r"could not read what is done \('are yellow'\)"),
        ("Most allies love warships", r"could not read what is done about it \('love warships'\)"),
        ("120 percent of allies have sent warships", "a share is at most 100 percent"),
        ("Most allies have sent warships on 31 April", "'on 31 april' is no date"),
        ("", "could not read"),
    ],
)
def test_what_was_not_understood_is_said(sentence: str, message: str) -> None:
    """The error names the part and the words that were left over."""
    with pytest.raises(InputError, match=message):
        read(sentence)


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("By April 2026 most allies had refused to escort", "the day 'april 2026'"),
        ("In 2026 most allies sent warships", "the day '2026'"),
        ("Since 9 April most allies have sent warships", "the day '9 april'"),
        ("Most allies sent warships between 2026-03-01 and 2026-04-01", "the day '2026-04-01'"),
        ("All allies except Spain have granted basing", "an exception"),
        ("All allies are doing everything the United States has asked, apart from Spain", "an exception"),
        ("Most allies would send warships if asked", "a condition"),
        ("Most allies have sent warships and refused basing", "two statements"),
        ("Most allies have sent warships and minehunters", "two statements"),
        ("Most allies are doing everything the United States has asked and have sent warships", "two statements"),
        ("99 of 31 allies have sent warships", "the count '99 of 31'"),
        ("It is not true that exactly 4 allies have sent warships", "the denial"),
    ],
)
def test_what_would_turn_the_meaning_is_refused(sentence: str, part: str) -> None:
    """Exceptions, conditions, second statements and days without a number are named, never passed over."""
    with pytest.raises(InputError, match=f"could not read {part}"):
        read(sentence)


def test_a_denied_sentence_has_the_denied_quantifier() -> None:
    """`It is false that most ...` holds where `not most ...` does."""
    denied, plain = read("It is false that most allies have sent warships"), read("Not most allies have sent warships")

    assert [denied.quantity.allowed(n) for n in range(8)] == [plain.quantity.allowed(n) for n in range(8)]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Most allies may have sent warships to Mars", "may mars"),
        ("Most of NATO has sent warships", None),
        ("Nearly without exception, allies are doing everything the United States has asked", None),
        ("Most allies will not send warships to the United States", None),
    ],
)
def test_words_that_were_passed_over_are_named(sentence: str, words: str | None) -> None:
    """The parse names them; a sentence that was read in full has none."""
    assert read(sentence).parse.get("not read") == words
