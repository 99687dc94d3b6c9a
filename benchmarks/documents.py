"""How fast documents are read and told apart, and how many copies of real digests are recognised.

    python benchmarks/documents.py --documents 100000

CPU time of one core, because the machine may be shared; speeds are medians of three. Copies are made from the bundled
case's digests: cut, re-headlined, edited; the digests themselves are different stories and must stay apart. Output is
JSON.
"""

import argparse
import json
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from muster.base.case import load_case
from muster.base.document import Document
from muster.documents import OriginIndex, cluster_origins, detect_language, read_documents

SENTENCES = (
    "Germany said on Monday that it would send two minehunters to the strait if parliament agrees.",
    "The minister told reporters that no decision had been taken on the use of the bases.",
    "Officials in the capital said the request was being studied by the cabinet and by its lawyers.",
    "Two frigates left the port on Thursday and are expected in the area within nine days.",
)


def cpu_s(call: Callable[[], object], n_calls: int = 3) -> float:
    """Return the median CPU time of a call, seconds."""
    times = []
    for _ in range(n_calls):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def reading_speeds(folder: Path) -> dict[str, float]:
    """Return MB/s of read_documents by format and size of document."""
    generator = random.Random(1)
    speeds = {}
    for name, n_sentences in (("0.5 kB", 6), ("5 kB", 60)):
        texts = [" ".join(generator.choices(SENTENCES, k=n_sentences)) for _ in range(24_000 // n_sentences)]
        for language in ("en", None):
            rows = [json.dumps({"id": str(i), "text": text, "language": language}) for i, text in enumerate(texts)]
            path = folder / "rows.jsonl"
            path.write_text("\n".join(rows))
            seconds = cpu_s(lambda path=path: sum(1 for _ in read_documents([path], on_problem=print)))
            key = f"jsonl, documents of {name}, language {'given' if language else 'detected'}"
            speeds[key] = round(path.stat().st_size / 1e6 / seconds, 1)
    page = "<html><body><article>" + "".join(f"<p>{text}</p>" for text in texts[:4]) + "</article></body></html>"
    for number in range(50):
        (folder / f"{number}.html").write_text(page)
    pages = sorted(folder.glob("*.html"))
    seconds = cpu_s(lambda: sum(1 for _ in read_documents(pages, on_problem=print)))
    speeds["html pages a second"] = round(len(pages) / seconds, 1)
    german = "Der Minister lehnte eine Beteiligung ab, sagte er am Montag. " * 8
    speeds["languages by model a second"] = round(2000 / cpu_s(lambda: [detect_language(german) for _ in range(2000)]))
    return speeds


def origin_scale(n_documents: int) -> dict[str, float]:
    """Return time and memory of an origin index over documents of 400 words, 30 % of them lightly edited copies."""
    generator = random.Random(1)
    words = [f"w{int(generator.paretovariate(0.8) * 10) % 40_000}" for _ in range(60_000)]
    originals: list[list[str]] = []
    index = OriginIndex()
    origins = set()
    n_originals, seconds = 0, 0.0
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(n_documents):
        if originals and generator.random() < 0.3:
            text = generator.choice(originals)[:]
            for _ in range(len(text) // 15):
                text[generator.randrange(len(text))] = generator.choice(words)
        else:
            text = generator.choices(words, k=400)
            n_originals += 1
            if len(originals) < 3000:
                originals.append(text)
        document = Document(str(number), " ".join(text), url=f"https://news.example/{number}")
        start = time.process_time()
        origins.add(index.add(document))
        seconds += time.process_time() - start
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    return {
        "n_documents": n_documents, "n_stories": n_originals, "n_origins_found": len(origins),
        "cpu_s": round(seconds, 1),
        "ms_per_document": round(1000 * seconds / n_documents, 3), "kb_per_document": round(grown_kb / n_documents, 1),
    }  # fmt: skip


def _headed(text: str) -> str:
    return f"MORNING BRIEFING: what happened overnight\nBy our staff and agencies\n{text}\nRead more in our app."


def _cut(text: str, share: float) -> str:
    return text[: text.rfind(" ", 0, max(40, int(share * len(text))))]


def _edited(text: str, share: float, generator: random.Random) -> str:
    words = text.split()
    for place in generator.sample(range(len(words)), round(share * len(words))):
        words[place] = generator.choice(["reportedly", "", f"{words[place]} also", "officials", "new"])
    return " ".join(word for word in words if word)


def copies_found() -> dict[str, Any]:
    """Return recall and precision on copies of the bundled digests, by kind of copy."""
    paths = load_case("hormuz-2026").document_paths()
    digests = [digest for digest in read_documents(paths, on_problem=print) if len(digest.text.split()) >= 30]
    generator = random.Random(7)
    changes: dict[str, Callable[[str], str]] = {
        "re-headlined": _headed,
        "cut to a half": lambda text: _cut(text, 0.5),
        "5 % edited": lambda text: _edited(text, 0.05, generator),
        "10 % edited": lambda text: _edited(text, 0.10, generator),
        "re-headlined, cut to 60 %, 5 % edited": lambda text: _headed(_edited(_cut(text, 0.6), 0.05, generator)),
    }
    ids = {digest.id for digest in digests}
    result: dict[str, Any] = {"n_digests": len(digests), "n_origins": len(set(cluster_origins(digests).values()))}
    for name, change in changes.items():
        index = OriginIndex()
        for digest in digests:
            index.add(digest)
        found = [
            (digest.id, index.add(Document("copy", change(digest.text), url=f"https://copy.example/{number}")))
            for number, digest in enumerate(digests)
        ]
        n_right = sum(origin == digest_id for digest_id, origin in found)
        n_joined = sum(origin in ids for _, origin in found)
        result[name] = {"recall": round(n_right / len(found), 4), "precision": round(n_right / max(1, n_joined), 4)}
    return result


def main() -> None:
    """Print all figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000, help="size of the origin index")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speeds = reading_speeds(Path(folder))
    figures = {
        "machine": platform.machine(), "python": platform.python_version(),
        "versions": {name: version(name) for name in ("musterroll", "datasketch", "py3langid", "trafilatura", "numpy")},
        "reading_mb_per_s": speeds, "copies": copies_found(), "origins": origin_scale(arguments.documents),
    }  # fmt: skip
    json.dump(figures, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
