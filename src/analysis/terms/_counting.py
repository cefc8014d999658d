"""Documents counted, in one of two ways that give the same answer to the bit.

A few documents go through scikit-learn, so that nobody waits for a compiler; many through compiled kernels.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import sparse

from analysis.terms import _weights, _wording

# From so many bytes of text on, loading the kernels costs less than they save.
COMPILED_FROM = 20_000_000


class Counts(NamedTuple):
    """What was counted. ``matrix()`` makes the matrix of counts, once; ``weigh`` puts weights in their place.

    ``frequencies`` are the numbers of documents that hold each term; None where the terms were known.
    """

    terms: np.ndarray
    frequencies: np.ndarray
    document_ids: np.ndarray
    matrix: Callable
    weigh: Callable


def counted(documents, options, *, known=None):
    """Return the counts of ``documents``; of the terms ``known`` only, where they are given.

    Raises
    ------
    TermsError
        There is no document, a row without text, or no term left.
    """
    wording = _wording.read(documents, title=options.title)
    way = _compiled_way if wording.sizes().sum() >= COMPILED_FROM else _scikit_learn_way
    return way(wording, options, known)


def _compiled_way(wording, options, known):
    from analysis.terms import _compiled  # numba takes its time to load

    terms, frequencies, matrix = _compiled.counted(wording, options, known)
    return Counts(terms, frequencies, wording.document_ids, matrix, _compiled.weigh)


def _scikit_learn_way(wording, options, known):
    texts = wording.slice(0, len(wording.order)).take(wording.order).to_pylist()
    terms, frequencies = known, None
    if known is None:
        vectorizer = options.vectorizer()
        with options.refusing(len(texts)):
            counts = sparse.csr_array(vectorizer.fit_transform(texts))
        terms = np.array(vectorizer.get_feature_names_out(), dtype=object)
        frequencies = np.bincount(counts.indices, minlength=len(terms))
    else:
        vocabulary = {term: column for column, term in enumerate(known)}
        counts = sparse.csr_array(options.vectorizer(vocabulary=vocabulary).transform(texts))
    counts.sort_indices()
    return Counts(terms, frequencies, wording.document_ids, lambda: counts, _weights.weigh)
