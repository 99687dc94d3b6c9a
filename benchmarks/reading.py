"""How fast documents become statements on one core, end to end and by stage.

Four corpora of own sentences. `news` stands for a day of world news: by length 45 % business and markets (47 % of
Reuters' stories of 1996-97 carry a corporate code: Lewis and others 2004, RCV1), and, as assumptions, 20 % home
politics and courts, 15 % sport, culture and weather, 15 % wars and diplomacy that concern no coalition (they name
states, troops, truces, sanctions; hardly any can be dismissed unread) and 5 % digests of a coalition. `dense` repeats
digests (nearly every sentence speaks of an actor and a matter). `mixed` is nine tenths sport, business and weather,
`politics` nine tenths home politics, each with one tenth of digests.

Made of phrases, the corpora repeat their wording, which flatters every automaton that is built as texts need it.
`--lines FILE` measures real stories instead, one a line; its first pass is over wording never met before. CPU time of
this process, median of the repeats, `first` of the first pass; the machine may be shared. `--processes` reads the news
by `muster read --reader rules` with one and two processes: elapsed time, CPU time of all processes (on Linux, also of
the one that workers are forked from) and peak memory of the largest.

    python benchmarks/reading.py [--megabytes 4] [--repeats 3] [--digests FILE] [--lines FILE] [--processes]
"""

import argparse
import contextlib
import ctypes
import itertools
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from muster import __version__
from muster.reading import LearnedReader
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

TRADERS = (
    "The Swiss bank", "Shares of the Finnish telecom group", "The Brazilian miner", "The yen", "The price of copper",
    "A Texan producer of software", "The French retailer", "Japan's second carmaker", "The Treasury's ten-year note",
    "The Korean maker of chips", "The board of the insurer", "The Spanish builder", "The Russian steel group",
    "The exchange in Singapore", "The Norwegian salmon farmer", "The central bank of Chile", "The airline's creditors",
    "A fund in Boston", "The Indian drug company", "The cocoa market in London", "The rating agency", "The regulator",
)  # fmt: skip
TRADED = (
    "fell by three per cent after the results", "bought a rival for two billion dollars in shares",
    "refused to comment on the talks", "will cut nine hundred jobs in its plants by March",
    "agreed to sell its pumps division to a Dutch group", "asked a court for protection from its creditors",
    "said orders had recovered in the third quarter", "offered bondholders sixty cents on the dollar",
    "raised its forecast for the year", "closed unchanged in thin trading", "paid a dividend of eleven cents",
    "has sent inspectors to the smelter", "warned that margins would shrink", "gave up half of its early gains",
    "delivered fewer engines than analysts had expected", "rejected the bid as too low",
    "promised to open its books to the buyers", "was supported by demand from the north of the country",
    "expects the merger to close in June", "lost ground against the dollar", "named a new head of finance",
)  # fmt: skip
POWERS = (
    "Ethiopia", "The Sudanese army", "Rebels in the east of Congo", "Colombia's president",
    "The Indian foreign minister", "Pakistan", "The government in Caracas", "Armenia",
    "The Serbian prime minister", "Thai troops", "The Syrian envoy",
    "A spokesman for the Malian junta", "Washington", "Beijing", "The Russian defence ministry", "Morocco",
    "The United Nations", "The Israeli cabinet", "The Kenyan mediator", "Azerbaijan", "The ambassador of Peru",
)  # fmt: skip
WAGED = (
    "said two soldiers were killed when a mine exploded", "accused its neighbour of shelling villages across the river",
    "offered a truce for the days of the feast", "sent more troops to the border", "recalled its ambassador for talks",
    "released forty prisoners of war", "denied that its aircraft had crossed the line",
    "buried the dead of the air strike", "called for an inquiry into the massacre",
    "rejected the ceasefire as a trick", "lifted the sanctions on timber",
    "refused visas to the observers", "has reopened the embassy", "will hold elections once the fighting has ended",
    "claimed to have taken the airport", "urged both sides to spare the hospitals", "asked for food and tents",
    "signed the treaty on the shared river", "condemned the coup", "moved its artillery away from the town",
    "threatened to expel the diplomats", "said the military would stay in its barracks",
)  # fmt: skip
AND_WAR = (
    ", state television reported.", ", according to witnesses.", ". Thousands have fled since April.",
    ", a day after the talks collapsed.", ". The army did not comment.", ", its neighbour said.",
    ", while aid workers waited at the crossing.", ". It was the worst fighting in months.",
    ", officials said on condition of anonymity.", ". Neither claim could be verified.",
)  # fmt: skip
# Of a day of world news, by length; see above for what is measured and what is assumed.
SHARES = {"business": 0.45, "politics": 0.20, "leisure": 0.15, "wars": 0.15, "digests": 0.05}


def prose(
    n_characters: int, seed: int, who: Sequence[str] = WHO, did: Sequence[str] = DID, ends: Sequence[str] = AND
) -> Iterator[str]:
    """Yield irrelevant articles of about 2,500 characters until `n_characters` are made."""
    rng = random.Random(seed)
    made = 0
    while made < n_characters:
        sentences: list[str] = []
        while sum(map(len, sentences)) < 2500:
            sentences.append(f"{rng.choice(who)} {rng.choice(did)}{rng.choice(ends)}")
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
    return {"news": news(n_characters, texts), "dense": dense, "mixed": mixed, "politics": politics}


def news(n_characters: int, texts: Sequence[str]) -> list[str]:
    """Return a day of world news of about `n_characters`, in random order."""
    n_each = {kind: round(share * n_characters) for kind, share in SHARES.items()}
    found = [
        *prose(n_each["business"], 4, TRADERS, TRADED),
        *prose(n_each["politics"], 5, POLITICIANS, DID_AT_HOME),
        *prose(n_each["leisure"], 6),
        *prose(n_each["wars"], 7, POWERS, WAGED, AND_WAR),
    ]
    n_digests = 0
    for text in itertools.cycle(texts):
        if n_digests >= n_each["digests"]:
            break
        n_digests += len(text)
        found.append(text)
    random.Random(8).shuffle(found)
    return found


def by_processes(texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return what `muster read` takes on one process and on two, its workers' time and memory included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "news.jsonl"
        rows = ({"id": str(i), "text": text, "published": str(DAY), "language": "en"} for i, text in enumerate(texts))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        found, outputs = {}, set()
        options = [str(path), "--format", "jsonl", "-q", "--reader", "rules"]
        adopt_orphans()
        for n_processes in (1, 2):
            run = [sys.executable, "-c", "from muster.surfaces.cli.main import main; main()", "read"]
            before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run([*run, *options, "--workers", str(n_processes)], capture_output=True, check=True)
            wait_for_orphans()
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            outputs.add(done.stdout)
            found[str(n_processes)] = {
                "elapsed_s": round(time.perf_counter() - begun, 2), "cpu_s": round(cpu_s, 2),
                "peak_mb_of_largest_process": round(after.ru_maxrss / 1000),
            }  # fmt: skip
        if len(outputs) != 1:
            raise SystemExit("one and two processes read differently")
        return found


def adopt_orphans() -> None:
    """Become the parent of processes whose own has ended, so that their time is counted (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def wait_for_orphans() -> None:
    """Wait for all children, adopted ones too."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def cpu_seconds(run: Callable[[], Any], n_repeats: int) -> float:
    """Return the median CPU time of `run`."""
    taken = []
    for _ in range(n_repeats):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def first_pass_s(texts: Sequence[str]) -> float:
    """Return the CPU time of the first reading of texts in this process."""
    begun = time.process_time()
    for text in texts:
        read_text(text, DAY)
    return time.process_time() - begun


def stages(texts: list[str]) -> dict[str, Callable[[], Any]]:
    """Return the stages of the reader over a corpus, each including what it needs but timed cumulatively."""
    lexicon = load_lexicon()
    learned = LearnedReader()

    def sketches() -> list[Any]:
        drawn = []
        for text in texts:
            mentions = find_mentions(text, DAY)
            surnames: dict[str, tuple[str, ...]] = {}
            for start, end in find_sentences(text):
                inside = [mention for mention in mentions if start <= mention.start and mention.end <= end]
                if inside:
                    mask = lexicon.held(text[start:end]).mask
                    drawn.append(draw_sketch(text[start:end], start, inside, surnames, mask=mask))
        return drawn

    return {
        "gazetteer": lambda: [find_mentions(text, DAY) for text in texts],
        "sentences": lambda: [list(find_sentences(text)) for text in texts],
        "words_all": lambda: [lexicon.held(text[a:b]) for text in texts for a, b in find_sentences(text)],
        "sketches_all": sketches,
        "cues_all": lambda: [find_hits(text[a:b], lexicon) for text in texts for a, b in find_sentences(text)],
        "whole": lambda: [read_text(text, DAY) for text in texts],
        "whole_learned": lambda: [learned.read_text(text, DAY) for text in texts],
    }


def main() -> None:
    """Print the rates as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=2.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--digests", type=Path)
    parser.add_argument("--lines", type=Path, help="measure these texts, one a line, instead")
    parser.add_argument("--processes", action="store_true", help="only read the news on one and on two processes")
    options = parser.parse_args()
    begun = time.process_time()
    read_text("Italy refused to send a frigate.", DAY)
    # With an empty MUSTER_CACHE the first call works out what all patterns need.
    result: dict[str, Any] = {
        "muster": __version__, "python": platform.python_version(), "machine": platform.machine(),
        "first_call_s": round(time.process_time() - begun, 3), "corpora": {},
    }  # fmt: skip
    n_characters = int(options.megabytes * 1e6)
    if options.processes:
        texts = news(n_characters, digests(options.digests))
        result["processes"] = by_processes(texts)
        print(json.dumps(result, indent=1))
        return
    if options.lines:
        lines = options.lines.read_text(encoding="utf-8", errors="replace").splitlines()
        measured = {options.lines.name: [line for line in lines if line.strip()]}
    else:
        measured = corpora(n_characters, options.digests)
    for name, texts in measured.items():
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        first_s = first_pass_s(texts)
        rates = {stage: cpu_seconds(run, options.repeats) for stage, run in stages(texts).items()}
        n_statements = sum(len(read_text(text, DAY)) for text in texts)
        result["corpora"][name] = {
            "megabytes": round(megabytes, 3), "n_texts": len(texts), "n_statements": n_statements,
            "mb_per_s": {"whole_first": round(megabytes / first_s, 2)}
            | {stage: round(megabytes / seconds, 2) for stage, seconds in rates.items()},
        }  # fmt: skip
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
