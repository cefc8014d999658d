"""Who fits topics in ``topic_models.py``: ours, scikit-learn's LDA and NMF, and tomotopy's LDA.

Each takes counts, a number of topics and a seed, and gives an `Answer`. Seconds are of the processor, until the topics
and the shares of the documents are there.
"""

import time
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import TfidfTransformer

from analysis import topics

_SEEN_BY_NOBODY = 1e-12  # the weight of a term that tomotopy has left out


class Answer(NamedTuple):
    """Seconds of the processor, topics × terms (None of NMF, which has no probabilities), documents × topics."""

    seconds: float
    topic_word: np.ndarray | None
    shares: np.ndarray


def contestants():
    """Return who runs, by name; tomotopy is left out, and this is said, where it is not installed."""
    running = {
        "ours, LDA": ours("lda"),
        "ours, NMF": ours("nmf"),
        "scikit-learn LDA, 10 iterations": scikit_learn_lda,
        "scikit-learn NMF": scikit_learn_nmf,
    }
    try:
        import tomotopy  # noqa: F401
    except ImportError:
        print("tomotopy is not installed and is left out: pip install tomotopy==0.14.0")
        return running
    return running | {"tomotopy LDA, 200 iterations": tomotopy_lda}


def ours(method):
    """Return the contestant that fits with this method of ours."""

    def fit(counts, n_topics, seed):
        begun = time.process_time()
        model = topics.Model(n_topics, random_state=seed, method=method).fit(counts)
        seconds = time.process_time() - begun
        return Answer(seconds, model.learned_.topic_terms if method == "lda" else None, model.shares(counts)[1])

    return fit


def scikit_learn_lda(counts, n_topics, seed):
    """Ten passes of variational Bayes, scikit-learn's default, on one thread."""
    model = LatentDirichletAllocation(n_topics, max_iter=10, random_state=seed, n_jobs=1)
    begun = time.process_time()
    shares = model.fit_transform(counts.weights)
    return Answer(time.process_time() - begun, _shares(model.components_), shares)


def scikit_learn_nmf(counts, n_topics, seed):
    """NMF of sublinear TF-IDF from NNDSVDa."""
    model = NMF(n_topics, init="nndsvda", random_state=seed, max_iter=400)
    begun = time.process_time()
    shares = model.fit_transform(TfidfTransformer(sublinear_tf=True).fit_transform(counts.weights))
    return Answer(time.process_time() - begun, None, shares)


def tomotopy_lda(counts, n_topics, seed):
    """200 sweeps of Gibbs sampling by one worker."""
    import tomotopy

    model = tomotopy.LDAModel(k=n_topics, seed=seed)
    for begin, end in zip(counts.weights.indptr[:-1], counts.weights.indptr[1:], strict=True):
        times = counts.weights.data[begin:end].astype(int)
        # It refuses a document without a word; a word that no other document has keeps its place.
        model.add_doc(np.repeat(counts.terms[counts.weights.indices[begin:end]], times).tolist() or ["(none)"])
    begun = time.process_time()
    model.train(200, workers=1)
    shares = np.array([document.get_topic_dist() for document in model.docs])
    seconds = time.process_time() - begun
    return Answer(seconds, _shares(_by_term(model, counts.terms)), shares)


def _by_term(model, terms):
    """Topics × terms in the order of ours."""
    place = {term: column for column, term in enumerate(terms)}
    kept = [(column, place[term]) for column, term in enumerate(model.used_vocabs) if term in place]
    ours_, theirs = [to for _, to in kept], [column for column, _ in kept]
    topic_word = np.full((model.k, len(terms)), _SEEN_BY_NOBODY)
    for topic in range(model.k):
        topic_word[topic, ours_] = model.get_topic_word_dist(topic)[theirs]
    return topic_word


def _shares(weights):
    return weights / weights.sum(axis=1, keepdims=True)
