"""How fast documents become statements on one core, end to end and by stage.

Three corpora. `dense` repeats digests of a coalition (nearly every sentence speaks of an actor and a matter). `mixed`
is nine parts of generated prose that concerns no coalition (sport, business, weather, courts; it names countries as
any newspaper does) to one part of digests; a long text of such prose is dismissed whole, by its lack of any word of
the field. `politics` has nine parts of prose on home politics instead (governments, ministers, parliaments), of which
no text can be dismissed so: each sentence must be looked at. CPU time of this process, median of the repeats; the
machine may be shared.

    python benchmarks/reading.py [--megabytes 4] [--repeats 3] [--digests FILE]
"""

import argparse
import json
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from muster import __version__
from muster.reading.gazetteer import find_mentions
from muster.reading.hits import find_hits
from muster.reading.lexicon import load_lexicon
from muster.reading.rules import read_text
from muster.reading.sentences import find_sentences
from muster.reading.sketch import draw_sketch

DAY = date(2026, 5, 1)
DIGESTS = Path(__file__).parents[1] / "tests" / "reading" / "data"

WHO = (
    "The bakery on the corner", "A retired teacher from Leeds", "The city council", "The home side", "Their goalkeeper",
    "The chief executive of the retailer", "A court in Paris", "The central bank", "The airline", "An Italian designer",
    "The orchestra", "The museum in Madrid", "A farmer in Denmark", "The regional weather service", "The jury",
    "The German carmaker", "A nurse from Toronto", "The publisher", "The young striker", "The university",
)  # fmt: skip
DID = (
    "opened a second branch on Tuesday", "sold more umbrellas than in any spring since records began",
    "won three matches in a row and drew the fourth", "reported a rise in profit of four per cent",
    "postponed the hearing until the autumn", "painted the fence twice and was fined for it",
    "expects rain from the west by the weekend", "published a study of bees and hedgerows",
    "raised the price of a loaf by eleven cents", "played the symphony without a conductor",
    "signed a contract for two seasons", "hired forty people for the new warehouse",
    "found a letter in the attic of the old house", "kept the interest rate where it was",
    "lost the first set but took the match in two hours", "restored the fresco with patience and cotton wool",
    "said the winter had been kind to the orchards", "asked visitors to leave their bags at the door",
)  # fmt: skip
AND = (
    ", and the neighbours were pleased.", ", which surprised nobody in the stands.", ", according to the local paper.",
    ". The mayor cut a ribbon.", ", though the queue went round the block.",
    ". It was the coldest evening of the month.",
    ", the third time this year.", ", and the shares rose a little in late trading.", ". Nobody was hurt.",
)  # fmt: skip
POLITICIANS = (
    "The French government", "The finance minister of Chile", "Parliament in Oslo", "The Canadian prime minister",
    "Japan's education minister", "The president of Kenya", "A senator from Ohio", "The Danish opposition",
    "The mayor of the capital", "The health ministry", "Chancellor Weber", "The ruling party", "Voters in Portugal",
    "The Dutch cabinet", "The interior minister", "A spokesman for the ministry", "Lawmakers in Brazil",
    "The regional government", "The Spanish transport minister", "The leader of the Greens",
)  # fmt: skip
DID_AT_HOME = (
    "presented the budget for schools and hospitals", "debated the price of school meals until midnight",
    "raised the pension age by a year", "promised a new railway line to the north",
    "lost a vote on housing by a narrow margin", "opened a library in a town of ten thousand",
    "named a new head of the statistics office", "cut the tax on bread and milk",
    "postponed the reform of the police", "published the figures for unemployment",
    "apologised for the delay in paying farmers", "visited the flooded villages on Sunday",
    "answered questions about the hospital strike", "announced an election for the autumn",
    "said the harvest had been better than feared", "rejected a petition against the motorway",
)  # fmt: skip


def prose(n_characters: int, seed: int, who: Sequence[str] = WHO, did: Sequence[str] = DID) -> Iterator[str]:
    """Yield irrelevant articles of about 2,500 characters until `n_characters` are made."""
    rng = random.Random(seed)
    made = 0
    while made < n_characters:
        sentences: list[str] = []
        while sum(map(len, sentences)) < 2500:
            sentences.append(f"{rng.choice(who)} {rng.choice(did)}{rng.choice(AND)}")
        article = "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(0, len(sentences), 4))
        made += len(article)
        yield article


def digests(path: Path | None) -> list[str]:
    """Return the texts of digests: the given file, else the repository's own."""
    files = [path] if path else sorted(DIGESTS.glob("*.docs.jsonl"))
    return [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def corpora(n_characters: int, path: Path | None) -> dict[str, list[str]]:
    """Return the corpora, each of about `n_characters`."""
    texts = digests(path)
    size = sum(map(len, texts))
    dense = texts * max(1, round(n_characters / size))
    tenth = texts * max(1, round(n_characters / 10 / size))
    n_prose = n_characters * 9 // 10
    mixed = [*prose(n_prose, 1), *tenth]
    politics = [*prose(n_prose, 3, POLITICIANS, DID_AT_HOME), *tenth]
    for corpus in (mixed, politics):
        random.Random(2).shuffle(corpus)
    return {"dense": dense, "mixed": mixed, "politics": politics}


def cpu_seconds(run: Callable[[], Any], n_repeats: int) -> float:
    """Return the median CPU time of `run`."""
    taken = []
    for _ in range(n_repeats):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def stages(texts: list[str]) -> dict[str, Callable[[], Any]]:
    """Return the stages of the reader over a corpus, each including what it needs but timed cumulatively."""
    lexicon = load_lexicon()

    def sketches() -> list[Any]:
        drawn = []
        for text in texts:
            mentions = find_mentions(text, DAY)
            surnames: dict[str, tuple[str, ...]] = {}
            for start, end in find_sentences(text):
                inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
                if inside:
                    drawn.append(draw_sketch(text[start:end], start, inside, surnames))
        return drawn

    return {
        "gazetteer": lambda: [find_mentions(text, DAY) for text in texts],
        "sentences": lambda: [list(find_sentences(text)) for text in texts],
        "sketches_all": sketches,
        "cues_all": lambda: [find_hits(text[a:b], lexicon) for text in texts for a, b in find_sentences(text)],
        "whole": lambda: [read_text(text, DAY) for text in texts],
    }


def main() -> None:
    """Print the rates as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=2.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--digests", type=Path)
    options = parser.parse_args()
    begun = time.process_time()
    read_text("Italy refused to send a frigate.", DAY)
    result: dict[str, Any] = {
        "muster": __version__, "python": platform.python_version(), "machine": platform.machine(),
        "first_call_s": round(time.process_time() - begun, 3), "corpora": {},
    }  # fmt: skip
    for name, texts in corpora(int(options.megabytes * 1e6), options.digests).items():
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        rates = {stage: cpu_seconds(run, options.repeats) for stage, run in stages(texts).items()}
        n_statements = sum(len(read_text(text, DAY)) for text in texts)
        result["corpora"][name] = {
            "megabytes": round(megabytes, 3), "n_texts": len(texts), "n_statements": n_statements,
            "mb_per_s": {stage: round(megabytes / seconds, 2) for stage, seconds in rates.items()},
        }  # fmt: skip
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
