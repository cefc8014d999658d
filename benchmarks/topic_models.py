"""LDA and NMF of ours beside scikit-learn's and tomotopy's LDA: processor time, held-out words, labels given by people.

    python benchmarks/topic_models.py CORPUS.jsonl.gz --topics 20 --rounds 3

The corpus has ``document_id``, ``text`` and, if labelled, ``label``. All run in one process on one thread and in
turns. tomotopy is left out, and this is said, where it is not installed.
"""

import argparse
import json
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from analysis import tables, terms, topics


def main():
    """Print one row for each contestant: medians of rounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-most", type=int, default=None, help="so many documents only")
    asked = parser.parse_args()
    documents = pd.read_json(asked.corpus, lines=True).head(asked.at_most or 10**9)
    counts = terms.count(documents, min_df=3)
    rows = race(counts, documents, asked.topics, asked.rounds)
    print(json.dumps({"documents": len(documents), "terms": len(counts.terms), "entries": counts.weights.nnz}))
    print(rows.groupby("contestant", sort=False).median().round(3).to_string())


def race(counts, documents, n_topics, rounds):
    """Return one row for each contestant and round."""
    held = np.array([zlib.crc32(name.encode()) % 5 == 0 for name in counts.document_ids])
    seen, unseen = _rows(counts, ~held), _rows(counts, held)
    labels = documents.set_index("document_id").get("label", pd.Series("", index=documents["document_id"]))
    labels = labels.loc[seen.document_ids]
    found = []
    for seed in range(rounds):
        for name, contestant in contestants().items():
            with threadpool_limits(limits=1), warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                spent, topic_word, main_topic = contestant(seen, n_topics, seed)
            judged = {"perplexity": _perplexity(topic_word, seen.terms, unseen) if topic_word is not None else np.nan}
            nmi = normalized_mutual_info_score(labels, main_topic)
            found.append({"contestant": name, "cpu_seconds": spent, **judged, "nmi": nmi})
    return pd.DataFrame(found)


def contestants():
    """Who runs, by name."""
    running = {"ours, LDA": _ours("lda"), "ours, NMF": _ours("nmf"), "scikit-learn LDA, 10 iterations": _scikit_learn}
    try:
        import tomotopy  # noqa: F401
    except ImportError:
        print("tomotopy is not installed and is left out: pip install tomotopy")
        return running
    return running | {"tomotopy LDA, 200 iterations": _tomotopy}


def _ours(method):
    def fit(counts, n_topics, seed):
        begun = time.process_time()
        model = topics.Model(n_topics, random_state=seed, method=method).fit(counts)
        spent = time.process_time() - begun
        shares = model.shares(counts)[1]
        return spent, model.learned_.topic_terms if method == "lda" else None, shares.argmax(axis=1)

    return fit


def _scikit_learn(counts, n_topics, seed):
    model = LatentDirichletAllocation(n_topics, max_iter=10, random_state=seed, n_jobs=1)
    begun = time.process_time()
    model.fit(counts.weights)
    spent = time.process_time() - begun
    return spent, _shares(model.components_), model.transform(counts.weights).argmax(axis=1)


def _tomotopy(counts, n_topics, seed):
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=seed)
    for begin, end in zip(counts.weights.indptr[:-1], counts.weights.indptr[1:], strict=True):
        times = counts.weights.data[begin:end].astype(int)
        # It refuses a document without a word; a word that no other document has keeps its place.
        model.add_doc(np.repeat(counts.terms[counts.weights.indices[begin:end]], times).tolist() or ["(none)"])
    begun = time.process_time()
    model.train(200, workers=1)
    spent = time.process_time() - begun
    place = {term: column for column, term in enumerate(counts.terms)}
    kept = [(column, place[term]) for column, term in enumerate(model.used_vocabs) if term in place]
    topic_word = np.full((n_topics, len(counts.terms)), 1e-12)
    for topic in range(n_topics):
        found = model.get_topic_word_dist(topic)
        topic_word[topic, [to for _, to in kept]] = found[[column for column, _ in kept]]
    return spent, _shares(topic_word), np.array([doc.get_topic_dist().argmax() for doc in model.docs])


def _perplexity(topic_word, vocabulary, unseen):
    """Document completion with our fold-in, the same for everyone."""
    options = {"n_topics": len(topic_word), "random_state": 0}
    learned = tables.TopicModel("lda", vocabulary, topic_word, np.zeros(0), options, {})
    return topics.perplexity(topics.Model.of(learned), unseen)


def _shares(weights):
    return weights / weights.sum(axis=1, keepdims=True)


def _rows(counts, kept):
    return tables.DocumentTermMatrix(counts.weights[np.flatnonzero(kept)], counts.document_ids[kept], counts.terms)


if __name__ == "__main__":
    main()
