"""robots.txt by RFC 9309."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.documents.robots import MAX_CRAWL_DELAY_S, parse_robots

FILE = """
# comment
User-agent: other
User-agent: another
Disallow: /

User-agent: *
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$
Disallow: /search?*q=
Crawl-delay: 7
Sitemap: https://example.org/map.xml
"""


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/", True),
        ("/private/x", False),
        ("/private/open/x", True),
        ("/privat", True),
        ("/a/b.pdf", False),
        ("/a/b.pdf?x", True),
        ("/search?a=1&q=2", False),
        ("/%70rivate/x", False),
        ("", True),
    ],
)
def test_the_longest_rule_decides(path, is_allowed):
    """Wildcards, anchors, percent-encoding, allow inside disallow."""
    assert parse_robots(FILE, agent="muster").allows(path) is is_allowed


def test_the_group_that_names_us_replaces_the_general_one():
    """Letter case is ignored; several groups for one name are one."""
    text = (
        FILE
        + "\nUser-Agent: Muster/2.0\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: MUSTER\nDisallow: /b\n"
    )
    robots = parse_robots(text, agent="muster")
    assert [robots.allows(path) for path in ("/a", "/b", "/private/x", "/c")] == [False, False, True, True]
    assert robots.crawl_delay_s is None


def test_an_allow_wins_a_tie():
    """Equal length: the crawler may."""
    assert parse_robots("User-agent: *\nDisallow: /a\nAllow: /a", agent="muster").allows("/a")


@pytest.mark.parametrize(
    ("text", "delay_s"), [("7", 7), ("0.5", 0.5), ("-3", None), ("x", None), ("1e9", MAX_CRAWL_DELAY_S), ("nan", None)]
)
def test_the_crawl_delay_is_read_and_bounded(text, delay_s):
    """A site cannot stop us for a year."""
    assert parse_robots(f"User-agent: *\nCrawl-delay: {text}", agent="muster").crawl_delay_s == delay_s


def test_an_empty_disallow_allows_all():
    """The usual way to say yes."""
    assert parse_robots("User-agent: *\nDisallow:", agent="muster").allows("/x")


def test_hostile_patterns_cost_linear_time():
    """A hundred wildcards against a long path end at once."""
    robots = parse_robots("User-agent: *\nDisallow: /" + "*a" * 2000 + "b$\n" * 3, agent="muster")
    assert robots.allows("/" + "a" * 20_000)


@given(st.text(max_size=300))
def test_any_file_parses(text):
    """Nothing in it is an error."""
    parse_robots(text, agent="muster").allows("/x?y")
