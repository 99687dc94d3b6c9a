"""The sieve before the index lets every possible copy through, and little else."""

import random
from dataclasses import replace

import pytest

from muster.documents import Likeness, cluster_origins

from .stories import STORIES, cut, edited, headed, story


@pytest.mark.parametrize("seed", range(3))
def test_whatever_joins_an_origin_passes_the_sieve(seed):
    """Each stored document that shares an origin with a new one may match it, by the index's own verdict."""
    choose = random.Random(seed)
    stored = [story(number) for number in range(len(STORIES))]
    changes = (
        lambda text: text.upper(), lambda text: cut(text, 0.4), headed, lambda text: edited(text, 0.08, seed),
        lambda text: f"Another text altogether than that of {len(text)} signs, about the price of wheat in the port.",
    )  # fmt: skip
    n_joined = 0
    for number in range(len(STORIES)):
        new = story(number, text=choose.choice(changes)(STORIES[number]), day=4, publisher="Copy")
        likeness = Likeness([new])
        for old in stored:
            origins = cluster_origins([old, new])
            if origins[old.id] == origins[new.id]:
                n_joined += 1
                assert likeness.may_match(old)
    assert n_joined >= 3


def test_other_stories_are_sieved_out():
    """Stories on one topic are not compared; the page and the document itself are, whatever their words."""
    new, others = story(0), [story(number) for number in range(1, len(STORIES))]
    likeness = Likeness([replace(new, url="https://www.example.org/a?x=1")])

    assert [likeness.may_match(other) for other in others] == [False] * len(others)
    assert likeness.may_match(replace(others[0], url="http://example.org/a?x=1"))
    assert likeness.may_match(replace(new, url="https://www.example.org/a?x=1"))
    assert not Likeness([]).may_match(new)
