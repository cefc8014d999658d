"""Quantities of ours beside quantulum3's: characters a second on one core, and how many values are right, in one run.

    python benchmarks/quantities.py [LABELLED.jsonl] --rounds 3

Each contestant reads the seed reports over and over, in a process of its own and in turns. Right and wrong are counted
on the sentences of LABELLED.jsonl, rows of ``text`` and ``gold`` (a list of ``low`` and ``high``), as NewsQuant has
them; without it on the sentences of the seed reports, whose labels are those of the tests.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path

import judges
import pandas as pd
import race

from analysis import corpus

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold" / "seed_quantities.csv"
COPIES = {"ours": 200, "quantulum3": 2}  # of the seed reports, so that each takes seconds
CONTESTANTS = (race.Contestant("ours", "quantities"), race.Contestant("quantulum3", "quantulum3"))


def main():
    """Print one row for each contestant: medians of rounds, and what of the labels each got right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        speed = _speed(Path(folder), asked.rounds)
        right = _right(Path(folder), *(_read(asked.labelled) if asked.labelled else _seeds()))
    table = speed.join(right)
    table.insert(1, "× ours", table.loc["ours", "MB a second"] / table["MB a second"])
    print(table.round(3).to_string())


def _speed(folder, rounds):
    """Megabytes of text for each second of the processor, medians of rounds run in turns."""
    documents = corpus.read(ROOT / "seeds")
    rows = []
    for turn in range(rounds):
        for contestant in CONTESTANTS:
            copies = COPIES[contestant.name]
            place = folder / contestant.name
            if turn == 0:
                _write(place, [text for _ in range(copies) for text in documents["text"]])
            figures = race.run(contestant, place)
            speed = figures["characters"] / 1e6 / figures["step_cpu_seconds"]
            rows.append({"contestant": contestant.name, "MB a second": speed, "peak GB": figures["peak_gb"]})
    return pd.DataFrame(rows).groupby("contestant", sort=False).median()


def _right(folder, texts, gold):
    """Precision, recall and F1 of values."""
    labelled, outputs = folder / "labelled", folder / "outputs"
    outputs.mkdir()
    _write(labelled, texts)
    race.in_turns(CONTESTANTS, labelled, rounds=1, outputs=outputs)
    return pd.DataFrame.from_dict(judges.values(judges.loaded(outputs), gold=gold), orient="index")


def _write(folder, texts):
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame({"document_id": [f"d{place:06}" for place in range(len(texts))], "text": texts})
    corpus.from_frame(frame).to_parquet(folder / "documents.parquet")


def _read(path):
    """Texts, and (place of the text, low, high) of their labels; what has no value is left out."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labels = [(place, label["low"], label["high"]) for place, row in enumerate(rows) for label in row["gold"]]
    return [row["text"] for row in rows], [label for label in labels if None not in label]


def _seeds():
    """Sentences of the seed reports with the labels of the tests; vague words have no value."""
    passages = corpus.split(corpus.read(ROOT / "seeds"))
    labels = pd.read_csv(GOLD, dtype={"document_id": str}).dropna(subset=["low", "high"])
    gold = []
    for label in labels.itertuples():
        within = (passages["document_id"] == label.document_id) & (passages["start"] <= label.start)
        place = int(passages.index[within & (label.end <= passages["end"])][0])
        finite = [end for end in (label.low, label.high) if math.isfinite(end)]
        gold.append((place, finite[0], finite[-1]))
    return passages["text"].tolist(), gold


if __name__ == "__main__":
    main()
