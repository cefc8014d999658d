"""Quantities of the five seed reports against labels made by hand, column by column.

The labels were written from the reports alone, before the extractor was run on them. Left unlabelled, as they count
nothing: dates, ordinals, "no" ("no power to enforce"), "both", "a single", "one" before who speaks ("said one Rafah
resident") and in a fixed phrase ("on one side of the border").
"""

from pathlib import Path

import pandas as pd
import pytest

from analysis import corpus, quantities

GOLD = Path(__file__).with_name("gold") / "seed_quantities.csv"
KEY = ["document_id", "start", "end"]
FLOORS = {  # column: precision, recall
    "surface": (0.97, 0.97),
    "low": (0.97, 0.97),
    "high": (0.97, 0.97),
    "bound": (0.97, 0.97),
    "approximate": (0.97, 0.97),
    "counted": (0.97, 0.95),
    "event": (0.97, 0.95),
    "speaker": (0.97, 0.95),
    "speaker_start": (0.97, 0.95),
    "speaker_end": (0.97, 0.95),
}


@pytest.fixture(scope="module")
def gold():
    read = pd.read_csv(GOLD, dtype={"document_id": str}, keep_default_na=False, na_values={"low": [""], "high": [""]})
    read["approximate"] = read["approximate"].map({"yes": True, "no": False})
    for name in ("speaker_start", "speaker_end"):
        read[name] = pd.to_numeric(read[name]).astype("Int64")
    return read


@pytest.fixture(scope="module")
def found(seed_documents):
    return quantities.extract(corpus.split(seed_documents))


@pytest.fixture(scope="module")
def scores(gold, found):
    """Precision and recall of each column; the values of a column are compared where start and end are the same."""
    both = gold.merge(found, on=KEY, suffixes=("_gold", "_found"))
    rows = {name: _score(name, gold, found, both) for name in gold.columns if name not in KEY}
    return pd.DataFrame(rows, index=["precision", "recall", "n_gold", "n_found"]).T


def _score(name, gold, found, both):
    n_gold, n_found = _stated(gold[name]).sum(), _stated(found[name]).sum()
    stated = _stated(both[f"{name}_gold"]) & _stated(both[f"{name}_found"])
    right = (both[f"{name}_gold"] == both[f"{name}_found"])[stated].sum()
    return right / n_found, right / n_gold, n_gold, n_found


def _stated(column):
    """Not stated is "" or nothing at all; False is stated."""
    return column.notna() & (column != "")


def test_labels_point_into_the_reports(gold, seed_documents):
    texts = seed_documents.set_index("document_id")["text"]
    for row in gold.itertuples():
        text = texts[row.document_id]
        assert text[row.start : row.end] == row.surface
        if row.speaker:
            assert text[row.speaker_start : row.speaker_end] == row.speaker
    assert not gold.duplicated(KEY).any()


def test_precision_and_recall_of_each_column(scores):
    print(scores.round(3).to_string())  # shown by pytest -s, and where the test fails
    low = [
        f"{name}: precision {scores.precision[name]:.3f}, recall {scores.recall[name]:.3f}; at least {floors}"
        for name, floors in FLOORS.items()
        if scores.precision[name] < floors[0] or scores.recall[name] < floors[1]
    ]
    assert not low, "\n".join(low)
