"""Which topics of two models are the same: by the terms they share, one with one."""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from analysis import tables
from analysis.topics.errors import refuse_whole
from analysis.topics.shares import term_matrix

LOST = 1 / 3  # a topic whose first terms agree by less than this with every topic left for it


def align(topic_terms, others, *, n_terms=10):
    """Return for each topic the topic of another model that is most like it.

    Topics are alike by the share of their first terms that both have, |A ∩ B| / |A ∪ B| (Greene, O'Callaghan &
    Cunningham 2014, "How many topics? Stability analysis for topic models"); they are paired, one with one, so that the
    sum is the largest there is (the Hungarian algorithm).

    Parameters
    ----------
    topic_terms, others : DataFrame of ``tables.TopicTerms``
    n_terms : int, default 10
        How many of the first terms of a topic are compared.

    Returns
    -------
    DataFrame of ``tables.TopicAlignment``
        One row for each topic of ``topic_terms``; ``other`` is <NA> and ``agreement`` 0 where the others are fewer.
    """
    refuse_whole("n_terms", n_terms, least=1)
    first, second = (first_terms(*term_matrix(each), n_terms) for each in (topic_terms, others))
    other, agreement = aligned(first, second)
    columns = {"topic": np.arange(len(first)), "other": other, "agreement": agreement}
    return tables.check(tables.TopicAlignment, pd.DataFrame(columns))


def first_terms(terms, weights, n_terms):
    """Return for each topic its heaviest terms, of equals the first in the alphabet; none that weighs nothing."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :n_terms]
    return [terms[row[each[row] > 0]] for row, each in zip(order, weights, strict=True)]


def aligned(first, second):
    """(place of the other, agreement) of each list of terms."""
    alike = np.array([[_jaccard(one, other) for other in second] for one in first])
    rows, columns = linear_sum_assignment(alike, maximize=True)
    other = pd.array([pd.NA] * len(first), dtype="Int64")
    other[rows] = columns
    agreement = np.zeros(len(first))
    agreement[rows] = alike[rows, columns]
    return other, agreement


def _jaccard(one, other):
    one, other = set(one), set(other)
    return len(one & other) / len(one | other)
