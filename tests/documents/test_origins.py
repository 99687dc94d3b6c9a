"""Copies share an origin; other stories on the same topic do not."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.base.document import Document
from muster.documents import OriginIndex, cluster_origins, read_documents
from muster.documents.agencies import agencies_of
from shared_data import shared_path

from .stories import STORIES, cut, edited, headed, story

COPIES = {
    "same words, other case and signs": lambda text, _: text.upper().replace(",", " --"),
    "cut to a half": lambda text, _: cut(text, 0.5),
    "cut to a quarter": lambda text, _: cut(text, 0.25),
    "re-headlined": lambda text, _: headed(text),
    "re-headlined and cut": lambda text, _: headed(cut(text, 0.6)),
    "5 % edited": lambda text, seed: edited(text, 0.05, seed),
    "10 % edited": lambda text, seed: edited(text, 0.10, seed),
    "re-headlined, cut and 5 % edited": lambda text, seed: headed(edited(cut(text, 0.6), 0.05, seed)),
}


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("seed", range(3))
def test_every_kind_of_copy_finds_its_origin(change, seed):
    """Among six stories on one topic each copy joins its own story, dated earlier."""
    originals = [story(number) for number in range(len(STORIES))]
    copies = [
        story(number, text=change(STORIES[number], seed * 100 + number), day=4, publisher="Copy")
        for number in range(len(STORIES))
    ]
    origins = cluster_origins([*copies, *originals])
    assert [origins[document.id] for document in originals] == [document.id for document in originals]
    assert [origins[document.id] for document in copies] == [document.id for document in originals]


def test_stories_on_one_topic_stay_apart():
    """Six newsrooms' stories are six origins."""
    documents = [story(number, title="Allies and the strait") for number in range(len(STORIES))]
    assert len(set(cluster_origins(documents).values())) == len(STORIES)


def test_a_shared_quotation_makes_no_copy():
    """Two reports of one speech quote the same sentence and stay two witnesses."""
    quote = "“We are not joining these strikes, but we will continue our defensive actions in the region,” he said. "
    documents = [story(number, text=quote + STORIES[number]) for number in (0, 2)]
    assert len(set(cluster_origins(documents).values())) == 2


def test_a_round_up_does_not_join_its_stories():
    """Origins do not chain through a page that holds two stories."""
    stories = [story(0), story(1)]
    round_up = story(2, text=f"{STORIES[0]}\n{STORIES[1]}", day=5)
    origins = cluster_origins([round_up, *stories])
    assert len({origins[document.id] for document in stories}) == 2


def test_short_texts_are_one_origin_only_with_the_same_words():
    """A phrase of six words is shared by chance."""
    one, same, other = (
        Document(str(i), text, url=f"https://e.org/{i}")
        for i, text in enumerate(
            ["Spain said no on Monday.", "SPAIN said no, on Monday!", "Spain said no on Monday again."]
        )
    )
    origins = cluster_origins([one, same, other])
    assert origins[one.id] == origins[same.id]
    assert origins[other.id] == other.id


@pytest.mark.parametrize(
    ("one", "other", "n_origins"),
    [
        ("https://e.org/a", "https://e.org/a", 1),
        ("https://e.org/a", "http://www.e.org/a/#top", 1),
        ("https://e.org/a?id=1", "https://e.org/a?id=2", 2),
        ("https://e.org/", "https://e.org/", 2),
        ("https://e.org", "", 2),
        ("", "", 2),
        ("http://[", "http://[", 2),
    ],
)
def test_one_page_is_one_origin_whatever_it_says(one, other, n_origins):
    """A page that was corrected, or summed up in another language, is no second witness; a front page tells nothing."""
    documents = [Document("1", STORIES[0], url=one), Document("2", STORIES[2], url=other)]
    assert len(set(cluster_origins(documents).values())) == n_origins


def test_scripts_without_spaces_are_compared_sign_by_sign():
    """A cut Japanese text finds its origin, another story does not."""
    text = (
        "高市首相はオマーン国王と電話会談を行い、ホルムズ海峡の安全な航行の確保に向けて"
        "協力することで一致した。日本政府は機雷除去の検討を続けるとした。"
    )
    other = (
        "政府は石油備蓄の放出を決め、燃料価格の高騰に備えると発表した。"
        "専門家は長期化を懸念している。船主協会は追加の保険支援を求めた。"
    )
    full, short, third = (
        Document(str(i), body, published=date(2026, 4, 1 + i)) for i, body in enumerate([text, text[:40], other])
    )
    origins = cluster_origins([full, short, third])
    assert origins[short.id] == full.id
    assert origins[third.id] == third.id


@given(st.permutations(list(range(12))))
def test_origins_do_not_depend_on_the_order_of_input(order):
    """Documents are sorted by date and id first."""
    documents = [story(number) for number in range(6)] + [
        story(number, text=cut(STORIES[number], 0.5), day=3) for number in range(6)
    ]
    assert cluster_origins([documents[place] for place in order]) == cluster_origins(documents)


def test_an_index_gives_the_same_origins_as_the_whole_and_keeps_them():
    """Documents added in order of date, one by one, get the batch's origins; adding again changes nothing."""
    documents = [story(number, day=1) for number in range(3)] + [
        story(n, text=headed(STORIES[n]), day=2) for n in range(3)
    ]
    index = OriginIndex()
    first = {document.id: index.add(document) for document in documents}
    assert first == cluster_origins(documents)
    assert {document.id: index.add(document) for document in documents} == first
    assert len(index) == len(documents)


def test_an_origin_once_given_stays_when_an_earlier_document_arrives():
    """The late-comer joins; ids in a ledger stay valid."""
    index = OriginIndex()
    late, early = story(0, day=9), story(0, text=headed(STORIES[0]), day=1)
    assert index.add(late) == late.id
    assert index.add(early) == late.id
    assert index.add(late) == late.id


@pytest.mark.parametrize(
    ("publisher", "text", "keys"),
    [
        ("AP via Manila Bulletin", "Britain said no.", {"ap"}),
        ("The Citizen (citing Reuters)", "France blocked it.", {"reuters"}),
        ("dpa-AFX via finanzen.at", "ANDENES (dpa-AFX). Der Kanzler", {"dpa"}),
        ("Daily", "LONDON (AP) — Britain on Thursday accused", {"ap"}),
        ("Daily", "(Reuters) - France will", {"reuters"}),
        ("Daily", "Spain refused, Reuters reported on Friday.", {"reuters"}),
        ("Daily", "Two officials told Reuters that Spain refused.", {"reuters"}),
        ("Japan Times", "The AAP and the MAP group said (APEC).", set()),
        ("Capital FM", "Macron said no. The app reported a delay.", set()),
        ("Daily", "x " * 300 + "Reuters reported", set()),
    ],
)
def test_agencies_are_found_in_publisher_dateline_and_attribution(publisher, text, keys):
    """Whole names only, and only where a story is credited."""
    assert agencies_of(Document("1", text, publisher=publisher)) == keys


def _retellings(*, days=(2, 3), publishers=("AP via Manila Bulletin", "AP"), titles=None):
    titles = titles or (
        "UK gathers more than 40 countries to press Iran",
        "UK gathers 40 countries to press Iran on strait",
    )
    return [
        story(number, day=day, title=title, publisher=publisher)
        for number, day, title, publisher in zip((0, 1), days, titles, publishers, strict=True)
    ]


def test_one_agency_one_day_and_like_titles_are_one_origin():
    """The same agency's story in other words is no second witness."""
    assert len(set(cluster_origins(_retellings()).values())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"days": (2, 5)},
        {"publishers": ("AP via Manila Bulletin", "Reuters")},
        {"publishers": ("Manila Bulletin", "Daily News")},
        {"titles": ("UK gathers more than 40 countries to press Iran", "UK sends two minehunters to the strait")},
        {"titles": ("Talks", "Talks")},
    ],
    ids=["other days", "other agency", "no agency", "other title", "short title"],
)
def test_retellings_need_agency_day_and_title(change):
    """Each of the three alone is not enough."""
    assert len(set(cluster_origins(_retellings(**change)).values())) == 2


def test_digests_are_told_apart_and_their_copies_found():
    """On 99 real digests no two are merged (judged by hand: none is a copy), and all their copies are found."""
    path = shared_path("data/digests.jsonl")
    digests = list(read_documents([path], on_problem=lambda error: pytest.fail(str(error))))
    assert len(set(cluster_origins(digests).values())) == len(digests)
    generator = random.Random(1)
    copies, n_found, n_wrong = 0, 0, 0
    index = OriginIndex()
    for digest in digests:
        index.add(digest)
    for digest in digests:
        text = headed(edited(digest.text, 0.05, generator.randrange(10**6)))
        found = index.add(Document("copy", text, url="https://copy.example/" + digest.source_id))
        copies += 1
        n_found += found == digest.id
        n_wrong += found != digest.id and found in {other.id for other in digests}
    assert n_wrong == 0
    assert n_found >= 0.9 * copies
