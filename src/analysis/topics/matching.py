"""The verb ``match``: which topics of two models mean the same, and which were split, merged or are in one only."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.alignment import first_terms
from analysis.topics.errors import TopicsError, refuse_whole
from analysis.topics.shares import SMALLEST, term_matrix


def match(topic_terms, others, *, least=0.3, n_terms=10):
    """Return which topics of two models mean the same, for any number of topics and any two vocabularies.

    Unlike ``align``, which pairs one with one, a topic may have several counterparts or none. What distinguishes a
    topic is the weight of its terms above their mean over the topics of its model (`distinctive`), so that words all
    topics use ("said") make no two of them alike; two topics overlap by the share of this weight they have in common,
    ``Σ min(a, b)``. On BBC news and Syrian war news, topics of one model overlapped by .2 at most, and halves of a
    topic with the whole by about .5.

    Parameters
    ----------
    topic_terms, others : DataFrame of ``tables.TopicTerms``
        A term that only one of them knows is one they do not have in common.
    least : float above 0 and up to 1, default 0.3
        The overlap from which two topics are counterparts.
    n_terms : int, default 10
        First terms that are compared for ``agreement``, as in ``align``, and listed where both have them.

    Returns
    -------
    DataFrame of ``tables.TopicMatches``
        A row for each two counterparts. ``kind`` is "match" where they have no other, "split" where the topic has
        several and they only it, "merge" where the other has several and they only it, "split and merge" where both
        have several. A topic without any is "unmatched", with <NA> in the place of the other.

    Raises
    ------
    TopicsError
        An option is out of range, or a table has no topics.
    """
    refuse_whole("n_terms", n_terms, least=1)
    if isinstance(least, bool) or not 0 < least <= 1:
        raise TopicsError(f"least expects an overlap above 0 and up to 1, such as 0.3; found {least!r}.")
    ours, theirs = (_Topics(each, n_terms) for each in (topic_terms, others))
    overlap = _overlaps(ours, theirs)
    linked = overlap >= least
    rows = [_row(ours, theirs, place, overlap, linked) for place in zip(*np.nonzero(linked), strict=True)]
    alone = {"kind": "unmatched", "overlap": np.nan, "agreement": np.nan, "terms": ""}
    rows += [{"topic": topic, "other": pd.NA, **alone} for topic in np.flatnonzero(~linked.any(axis=1))]
    rows += [{"topic": pd.NA, "other": other, **alone} for other in np.flatnonzero(~linked.any(axis=0))]
    return tables.check(tables.TopicMatches, pd.DataFrame(rows))


class _Topics:
    """What distinguishes the topics of a model, and their first terms."""

    def __init__(self, topic_terms, n_terms):
        self.terms, weights = term_matrix(topic_terms)
        if not len(weights):
            raise TopicsError("Expected topics to compare; found a table without rows.")
        self.weights = distinctive(weights)
        self.first = first_terms(self.terms, weights, n_terms)


def distinctive(weights):
    """Return topics × terms: the weight above the mean of the topics, which sums to 1 in each.

    One topic alone, or several that are the same, differ from nothing: they are all that they hold.
    """
    above = np.maximum(weights - weights.mean(axis=0), 0)
    plain = above.sum(axis=1) < 1e-9
    above[plain] = weights[plain]
    return above / np.maximum(above.sum(axis=1, keepdims=True), SMALLEST)


def _overlaps(ours, theirs):
    _, at, there = np.intersect1d(ours.terms.astype(str), theirs.terms.astype(str), return_indices=True)
    common = theirs.weights[:, there]
    found = np.array([np.minimum(one, common).sum(axis=1) for one in ours.weights[:, at]])
    # Equal to nine digits is equal: a sum of shares may miss 1, or ``least``, by rounding.
    return np.round(np.minimum(found, 1), 9)


def _row(ours, theirs, place, overlap, linked):
    topic, other = place
    first, second = ours.first[topic], set(theirs.first[other])
    both = [term for term in first if term in second]
    return {
        "topic": topic,
        "other": other,
        "kind": _kind(linked[topic].sum() > 1, linked[:, other].sum() > 1),
        "overlap": overlap[topic, other],
        "agreement": len(both) / len(second.union(first)),
        "terms": ", ".join(both),
    }


def _kind(split, merged):
    if split:
        return "split and merge" if merged else "split"
    return "merge" if merged else "match"
