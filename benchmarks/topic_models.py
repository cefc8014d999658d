"""LDA and NMF of ours beside those of others: time, words held out, labels, copies, and growth. Prints three tables.

    python benchmarks/topic_models.py CORPUS.jsonl.gz OTHER.jsonl.gz --topics 10,20 --growth 10000,100000,300000

A corpus has ``document_id``, ``text`` and, if labelled, ``label``. All of a table run in one process on one thread and
in turns; what grows is fitted in processes of its own, to synthetic news. A table is left out by ``--rounds 0``,
``--draws 0``, or without ``--growth``.
"""

import argparse
import json
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import corpora
import numpy as np
import pandas as pd
import topic_peers
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from analysis import corpus, tables, terms, topics

CONDITIONS = [(10, 32), (0.01, 8)]  # stories, as a number or a share of them, and copies of each
LOST = 0.1  # the share of its tokens that a copy loses
METHODS = ("lda", "nmf")


def main():
    """Print the tables that are asked for."""
    asked = options()
    for path in asked.corpora:
        documents = corpus.from_frame(pd.read_json(path, lines=True, dtype={"document_id": str}))
        if asked.rounds:
            race(documents, path.name.split(".")[0], asked)
        if asked.draws:
            copies(documents.head(asked.copies_in), path.name.split(".")[0], asked)
    if asked.growth:
        growth(asked.growth, asked.growth_topics)


def options():
    """Return what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path, nargs="*")
    parser.add_argument("--topics", type=_numbers, default=[20], help="numbers of topics; copies use the last")
    parser.add_argument("--rounds", type=int, default=3, help="seeds of the race")
    parser.add_argument("--draws", type=int, default=5, help="how often stories are drawn to be copied")
    parser.add_argument("--copies-in", type=int, default=4000, help="copies are put into so many documents, the first")
    parser.add_argument("--growth", type=_numbers, default=[], help="numbers of synthetic reports, rising")
    parser.add_argument("--growth-topics", type=int, default=50)
    return parser.parse_args()


def _numbers(words):
    return [int(word) for word in words.split(",")]


def race(documents, name, asked):
    """Print medians of rounds: seconds of the processor, completion perplexity of every fifth document, NMI."""
    counts = terms.count(documents, min_df=3)
    rows = [row for n_topics in asked.topics for row in rounds(counts, documents, n_topics, asked.rounds)]
    found = pd.DataFrame(rows).groupby(["topics", "contestant"], sort=False).median()
    lda = found.xs("ours, LDA", level="contestant")
    found.insert(1, "× ours, LDA", found["cpu_seconds"] / lda["cpu_seconds"].reindex(found.index, level="topics"))
    lower = 1 - lda["perplexity"].reindex(found.index, level="topics") / found["perplexity"]
    found.insert(3, "ours is lower by", lower)
    print(f"\n{name}: {len(documents)} documents, {len(counts.terms)} terms, {counts.weights.nnz} entries")
    print(found.round(3).to_string(), flush=True)


def rounds(counts, documents, n_topics, number):
    """Yield one row for each seed and contestant."""
    held = np.array([zlib.crc32(name.encode()) % 5 == 0 for name in counts.document_ids])
    seen, unseen = _rows(counts, ~held), _rows(counts, held)
    labels = documents.set_index("document_id").get("label", pd.Series("", index=documents["document_id"]))
    running = topic_peers.contestants()
    topic_peers.ours("lda")(seen, n_topics, 0)  # loads what was compiled
    for seed in range(number):
        for name, contestant in running.items():
            with threadpool_limits(limits=1), warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                found = contestant(seen, n_topics, seed)
            told = np.nan if found.topic_word is None else _perplexity(found.topic_word, seen.terms, unseen)
            nmi = normalized_mutual_info_score(labels.loc[seen.document_ids], found.shares.argmax(axis=1))
            judged = {"cpu_seconds": found.seconds, "perplexity": told, "nmi": nmi}
            yield {"topics": n_topics, "contestant": name, **judged}


def _perplexity(topic_word, vocabulary, unseen):
    """Document completion with our fold-in, the same for everyone."""
    given = {"n_topics": len(topic_word), "random_state": 0}
    learned = tables.TopicModel("lda", vocabulary, topic_word, np.zeros(0), given, {})
    return topics.perplexity(topics.Model.of(learned), unseen)


def _rows(counts, kept):
    return tables.DocumentTermMatrix(counts.weights[np.flatnonzero(kept)], counts.document_ids[kept], counts.terms)


def copies(documents, name, asked):
    """Print the agreement with the topics of the clean corpus when edited copies are put in; floor beside it."""
    counts, given = terms.count(documents, min_df=3), {"n_topics": asked.topics[-1], "random_state": 0}
    rows = [
        topics.inject(
            counts, stories=[n], copies=[c], lost=LOST, draws=asked.draws, method=method, progress=False, **given
        ).assign(method=method, put_in=f"{n if n >= 1 else f'{n:.0%}'} × {c}")
        for method in METHODS
        for n, c in CONDITIONS
    ]
    found = pd.concat(rows).pivot_table(
        index=["method", "put_in"], columns="weighting", values="agreement", aggfunc=["mean", "min"], sort=False
    )
    print(
        f"\n{name}: copies in {len(documents)} documents, {asked.topics[-1]} topics, agreement over {asked.draws} draws"
    )
    print(found.round(2).to_string(), flush=True)


def growth(sizes, n_topics):
    """Print what fits to more and more synthetic news cost, with the exponent from the smallest size."""
    found = pd.DataFrame([_grown(size, method, n_topics) for method in METHODS for size in sizes])
    least = found.groupby("method").transform("first")
    steps = np.log(found["documents"] / least["documents"]).replace(0, np.nan)
    found["exponent"] = np.log(found["cpu_seconds"] / least["cpu_seconds"]) / steps
    print(f"\ngrowth, {n_topics} topics")
    print(found.round(2).to_string(index=False), flush=True)


def _grown(size, method, n_topics):
    """What one fit cost, in a process of its own."""
    worker = Path(__file__).with_name("topic_growth.py")
    command = [sys.executable, worker, corpora.prepared(size, []), method, str(n_topics)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    print(told, end="", file=sys.stderr, flush=True)  # each takes minutes
    return json.loads(told)


if __name__ == "__main__":
    main()
