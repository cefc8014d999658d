"""How long quantities take to become claims, for corpora of growing size made of copies of one.

    python benchmarks/claims.py [STUDY] --sizes 1000 10000 100000 --crowded

STUDY is the output folder of a run of notebooks 1, 2 and 4; without it the seed reports are read. Each copy of the
corpus has documents, clusters and shared passages of its own, and begins a month after the one before has ended, or
with --crowded on the same day, so that all copies speak of the same events.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import claims, corpus, duplicates, provenance, quantities, reuse, terms

ROOT = Path(__file__).parents[1]
MONTH = pd.Timedelta(31, "D")
NAMED = {"document_id", "representative", "a", "b"}  # columns that hold names of documents


def main():
    """Print one row for each size: seconds, microseconds for each quantity, and how many claims there are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path, nargs="?")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000, 100000])
    parser.add_argument("--crowded", action="store_true")
    asked = parser.parse_args()
    tables = stored(asked.study) if asked.study else seeds()
    published = tables[2]["published"]
    step = pd.Timedelta(0) if asked.crowded else published.max() - published.min() + MONTH
    rows = [measured(*grown(tables, size, step)) for size in asked.sizes]
    table = pd.DataFrame(rows)
    # What twice the quantities take: 1 is twice the time, 2 is four times.
    table["exponent"] = np.log(table["seconds"]).diff() / np.log(table["quantities"]).diff()
    print(table.round(2).to_string(index=False))


def seeds():
    """Quantities, clusters, documents and shared passages of the seed reports."""
    documents = corpus.read(ROOT / "seeds")
    pairs = duplicates.find(terms.weigh(documents), documents, threshold=0.55)
    stated = quantities.extract(corpus.split(documents), documents=documents)
    return stated, duplicates.cluster(pairs, documents), documents, reuse.find(documents)


def stored(study):
    """Return the same tables of a study, as notebooks 1, 2 and 4 have left them."""
    return [provenance.load(name, study) for name in ("quantities", "clusters", "documents", "shared_passages")]


def grown(tables, size, step):
    """Copies of the tables, ``step`` apart in time, that hold ``size`` quantities in all."""
    n_copies = -(-size // len(tables[0]))
    stated, clusters, documents, shared = (
        pd.concat([_copy(table, number, step) for number in range(n_copies)], ignore_index=True) for table in tables
    )
    stated = stated.head(size)
    kept = set(stated["document_id"])
    return (
        stated,
        clusters[clusters["document_id"].isin(kept)],
        documents[documents["document_id"].isin(kept)],
        shared[shared["a"].isin(kept) & shared["b"].isin(kept)],
    )


def _copy(table, number, step):
    copy = table.assign(**{name: table[name] + f"#{number}" for name in table.columns if name in NAMED})
    return copy.assign(published=copy["published"] + number * step) if "published" in copy else copy


def measured(stated, clusters, documents, shared):
    """Gather once, and say how long it took."""
    start = time.perf_counter()
    gathered, _ = claims.gather(stated, clusters, documents, shared)
    seconds = time.perf_counter() - start
    return {
        "quantities": len(stated),
        "documents": len(documents),
        "seconds": seconds,
        "µs each": seconds / len(stated) * 1e6,
        "claims": len(gathered),
    }


if __name__ == "__main__":
    main()
