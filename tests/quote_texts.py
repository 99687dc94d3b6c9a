"""Short invented texts with true quotes, for tests of the verifier; the words are our own."""

TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "summit": (
        (
            "Nearly without exception, allies are doing everything asked of them, the envoy told reporters on 9 April. "
            "Not all allies agreed: Spain refused to send a frigate, and Hungary will not open its airfields. "
            "\u201cWe\u2019re ready to lead \u2013 but only after a ceasefire,\u201d the French minister said. "
            "Germany could send two minehunters if the Bundestag approves. More than 40 countries joined the talks; "
            "fewer than five offered ships."
        ),
        (
            "Nearly without exception, allies are doing everything asked of them",
            "Spain refused to send a frigate",
            "Hungary will not open its airfields",
            "\u201cWe\u2019re ready to lead \u2013 but only after a ceasefire,\u201d the French minister said",
            "Germany could send two minehunters if the Bundestag approves",
            "More than 40 countries joined the talks",
            "fewer than five offered ships",
        ),
    ),
    "ports": (
        (
            "Norway's navy has deployed one of its three minehunters to Djibouti.\n\nIran denied that it had mined "
            "the strait. None of the Gulf states has said it would pay the $1.5 billion bill, and Oman declined to "
            "host the headquarters. Most European allies oppose sending ships before a vote; non-aligned India "
            "sent 1,200 sailors. Japan cannot join: its constitution forbids it. Nobody expects Turkey to leave."
        ),
        (
            "Norway's navy has deployed one of its three minehunters to Djibouti",
            "Iran denied that it had mined the strait",
            "None of the Gulf states has said it would pay the $1.5 billion bill",
            "Oman declined to host the headquarters",
            "Most European allies oppose sending ships before a vote",
            "non-aligned India sent 1,200 sailors",
            "Japan cannot join: its constitution forbids it",
            "Nobody expects Turkey to leave",
        ),
    ),
    "convoy": (
        (
            "Greece and Italy haven't signed yet, officials in Rome said, while Denmark has no plans to send a ship. "
            "Australia is considering the request... Canada neither accepted nor rejected it. Poland's premier ruled "
            'out sending soldiers; the Dutch may offer a tanker aircraft. "All vessels of the coalition are safe," '
            "London insisted, except that few owners believe it. South Korea won't take part. Almost every member has "
            "reservations \u2014 the Belgians never hid theirs."
        ),
        (
            "Greece and Italy haven't signed yet",
            "Denmark has no plans to send a ship",
            "Australia is considering the request",
            "Canada neither accepted nor rejected it",
            "Poland's premier ruled out sending soldiers",
            "the Dutch may offer a tanker aircraft",
            "All vessels of the coalition are safe",
            "South Korea won't take part",
            "Almost every member has reservations \u2014 the Belgians never hid theirs",
        ),
    ),
}

CUTS: tuple[tuple[str, str], ...] = (
    ("summit", "without exception, allies are doing everything asked of them"),
    ("summit", "exception, allies are doing everything asked of them"),
    ("summit", "all allies agreed"),
    ("summit", "allies agreed"),
    ("summit", "send a frigate"),
    ("summit", "open its airfields"),
    ("summit", "Hungary will"),
    ("summit", "send two minehunters if the Bundestag approves"),
    ("summit", "minehunters if the Bundestag approves"),
    ("summit", "40 countries joined the talks"),
    ("summit", "countries joined the talks"),
    ("summit", "five offered ships"),
    ("summit", "after a ceasefire"),
    ("ports", "it had mined the strait"),
    ("ports", "the Gulf states has said it would pay"),
    ("ports", "Gulf states has said it would pay"),
    ("ports", "host the headquarters"),
    ("ports", "European allies oppose sending ships"),
    ("ports", "sending ships before a vote"),
    ("ports", "aligned India sent 1,200 sailors"),
    ("ports", "200 sailors"),
    ("ports", "non-aligned India sent 1"),
    ("ports", "5 billion bill"),
    ("ports", "1.5 billion bill"),
    ("ports", "Japan can"),
    ("ports", "join: its constitution forbids it"),
    ("ports", "expects Turkey to leave"),
    ("convoy", "Greece and Italy have"),
    ("convoy", "signed yet"),
    ("convoy", "plans to send a ship"),
    ("convoy", "send a ship"),
    ("convoy", "accepted"),
    ("convoy", "sending soldiers"),
    ("convoy", "offer a tanker aircraft"),
    ("convoy", "owners believe it"),
    ("convoy", "Korea won't take part"),
    ("convoy", "take part"),
    ("convoy", "every member has reservations"),
    ("convoy", "hid theirs"),
)
"""Stretches that stand in a text letter for letter and yet say something else than it."""
