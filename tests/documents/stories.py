"""Invented stories on one topic, told apart, and what outlets do to a story they copy."""

import random
from datetime import date

from muster.base.document import Document

STORIES = (
    (
        "Britain will host a second round of talks on the reopening of the strait next week, the foreign secretary "
        "told parliament on Tuesday. Forty-one countries took part in the first round, which ended with a joint "
        "declaration but no pledge of ships. Officials in London said the agenda would now turn to mine clearance and "
        "to the insurance of merchant vessels. The opposition asked why no date had been set for the deployment of "
        "the two minehunters that were announced in March. The government replied that they would sail once the "
        "cabinet had seen the legal advice."
    ),
    (
        "France has moved its carrier group through the canal and into the Red Sea, the armed forces ministry said on "
        "Wednesday. The group of one carrier, three frigates and a supply ship could be off the strait within nine "
        "days. The president repeated that escorts would begin only after the most intense phase of the fighting and "
        "in agreement with the coastal states. Two frigates stay with the European mission in the south. Unions at "
        "the naval base of Toulon complained that crews had been given less than a day to prepare for the voyage."
    ),
    (
        "Germany sees no ground at present for a military mission in the strait, the chancellor said on a visit to "
        "Norway. His country was not a party to the war and did not wish to become one, he added. The defence "
        "committee of the Bundestag meets on Thursday to hear the minister about two minehunters that have left Kiel "
        "for the Mediterranean. Any use of them beyond training would need a mandate of parliament. The Greens said "
        "that they would agree to one if the United Nations asked for it, while the Left rejected it outright."
    ),
    (
        "Spain has refused the use of the bases at Rota and Moron for strikes, a government spokeswoman confirmed on "
        "Friday. The treaty of 1988 allows only missions that both governments have approved, she said. Washington "
        "called the decision deeply disappointing and said that tanker aircraft would be moved to other airfields. "
        "The prime minister is under pressure from his partners in the coalition to go further and close the airspace "
        "too. Trade between the two countries has not been touched so far by the quarrel, according to the ministry "
        "of economy."
    ),
    (
        "Japan will not send minesweepers while the fighting lasts, the defence minister told reporters in Tokyo. The "
        "constitution sets narrow limits for missions abroad, and the cabinet has not discussed an exception. Tokyo "
        "has instead released oil from its reserves and offered money for the patrol of the coast guards of the "
        "region. Two tankers under the flag of Japan were given passage last week after talks with the coastal "
        "authorities. The shipowners' association asked the government to seek an arrangement of the same kind for "
        "its other thirty vessels."
    ),
    (
        "Turkey's trade minister said on Thursday that the alliance was under no duty to reopen the strait by force. "
        "Ankara keeps channels to both sides open and has carried messages between them since March, he told "
        "broadcasters. The use of the radar station in the east of the country was a matter for the alliance alone. "
        "Asked about the American wish for the use of the air base in the south, he answered that no formal request "
        "had been made. The lira fell slightly against the dollar after the interview had been broadcast."
    ),
)


def story(number: int, *, text: str | None = None, day: int = 2, title: str = "", publisher: str = "") -> Document:
    """Return a story as a document of April 2026."""
    url = f"https://news.example/{publisher or 'wire'}/{number}"
    text = STORIES[number] if text is None else text
    return Document(str(number), text, url=url, publisher=publisher, title=title, published=date(2026, 4, day))


def cut(text: str, share: float) -> str:
    """The first part of a text, to the nearest word."""
    words = text.split()
    return " ".join(words[: max(1, round(share * len(words)))])


def headed(text: str) -> str:
    """A new headline, a place line and a footer of the outlet around the text."""
    return (
        f"MORNING BRIEFING: what the allies decided overnight\nBy our staff and agencies\n{text}\nRead more in our app."
    )


def edited(text: str, share: float, seed: int) -> str:
    """Every edit replaces, drops or doubles a word; `share` of all words are hit."""
    generator = random.Random(seed)
    words = text.split()
    for place in generator.sample(range(len(words)), round(share * len(words))):
        words[place] = generator.choice(["reportedly", "", f"{words[place]} also", "officials", "new"])
    return " ".join(word for word in words if word)
