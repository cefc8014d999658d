"""One fit to synthetic news, in a process of its own, so that its memory is that of nothing else.

    python benchmarks/topic_growth.py FOLDER lda 50

prints one line of JSON: documents, terms, entries, seconds of the processor and of the clock for the fit, iterations,
and the most GiB the process has ever held, with reading and counting.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import pandas as pd

from analysis import terms, topics

MIN_DF = 3  # documents that a term stands in: new words never cease in this corpus, as in news


def main():
    """Fit once to a small part, so that loading is not counted, then to all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("method", choices=("nmf", "lda"))
    parser.add_argument("n_topics", type=int)
    asked = parser.parse_args()
    documents = pd.read_parquet(asked.folder / "documents.parquet", columns=["document_id", "text"])
    fit(terms.count(documents.head(2000), min_df=MIN_DF), asked.method, asked.n_topics)
    counts = terms.count(documents, min_df=MIN_DF)
    del documents
    print(json.dumps(fit(counts, asked.method, asked.n_topics) | {"GiB": peak()}))


def fit(counts, method, n_topics):
    """Return what a fit has cost, and how it ended."""
    clock, processor = time.perf_counter(), time.process_time()
    model = topics.Model(n_topics, random_state=0, method=method).fit(counts)
    spent = {"cpu_seconds": time.process_time() - processor, "seconds": time.perf_counter() - clock}
    size = {"documents": counts.weights.shape[0], "terms": len(counts.terms), "entries": counts.weights.nnz}
    return {"method": method, **size, **spent, "iterations": model.learned_.fitted["n_iterations"]}


def peak():
    """Return the most GiB that were resident at once; macOS counts bytes and Linux kibibytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 30 if sys.platform == "darwin" else 1 << 20)


if __name__ == "__main__":
    main()
