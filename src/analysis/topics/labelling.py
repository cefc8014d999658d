"""What a topic may be called: its first terms by four measures, side by side."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from analysis import tables
from analysis.topics.errors import TopicsError, refuse_whole
from analysis.topics.shares import share_matrix, term_matrix


def labels(topic_terms, document_topics, *, n_terms=10, frex=0.5, relevance=0.6):
    """Return the first terms of each topic by probability, FREX, lift and relevance.

    With φ the weight of a term in a topic and p its weight in the corpus, the sum of φ over topics by their share:
    *probability* is φ; *lift* is φ / p (Taddy 2012); *relevance* is ``λ ln φ + (1 - λ) ln(φ / p)`` (Sievert & Shirley
    2014, "LDAvis"); *FREX* is the harmonic mean ``1 / (w / E + (1 - w) / F)`` of the ranks, as shares of the terms of
    the topic, of its exclusivity E (φ over its sum in all topics) and its frequency F (φ) (Bischof & Airoldi 2012).
    Of equals the first in the alphabet comes first. Lift favours rare terms: read it beside the others.

    Parameters
    ----------
    topic_terms : DataFrame of ``tables.TopicTerms``
    document_topics : DataFrame of ``tables.DocumentTopics``
        Says how large each topic is.
    n_terms : int, default 10
    frex : float from 0 to 1, default 0.5
        Weight of exclusivity, w.
    relevance : float from 0 to 1, default 0.6
        Weight of probability, λ.

    Returns
    -------
    DataFrame of ``tables.TopicLabels``
        ``n_terms`` rows for each topic; "" where it has fewer terms.

    Raises
    ------
    TopicsError
        The two tables have other topics, or a weight is not between 0 and 1.
    """
    refuse_whole("n_terms", n_terms, least=1)
    _refuse_weights(frex=frex, relevance=relevance)
    terms, weights = term_matrix(topic_terms)
    sizes = _sizes(document_topics, len(weights))
    measured = _measured(weights, sizes @ weights, frex, relevance)
    columns = {name: np.concatenate([_first(terms, row, n_terms) for row in each]) for name, each in measured.items()}
    keys = {
        "topic": np.repeat(np.arange(len(weights)), n_terms),
        "rank": np.tile(np.arange(1, n_terms + 1), len(weights)),
    }
    return tables.check(tables.TopicLabels, pd.DataFrame(keys | columns))


def _measured(weights, corpus, frex, relevance):
    """Topics × terms of each measure; -inf where a topic does not hold a term."""
    held = weights > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        logged, lift = np.log(weights), np.log(weights) - np.log(corpus)
        exclusive, frequent = (_ranks(each, held) for each in (weights / weights.sum(axis=0), weights))
        harmonic = 1 / (frex / exclusive + (1 - frex) / frequent)
        leaning = relevance * logged + (1 - relevance) * lift
    found = {"probability": weights, "frex": harmonic, "lift": lift, "relevance": leaning}
    # Equal to twelve digits is equal: the rest is rounding, and must not put one term before another.
    return {name: np.where(held, np.round(each, 12), -np.inf) for name, each in found.items()}


def _ranks(values, held):
    """Rank of each term among those the topic holds, as a share of them: the empirical distribution function."""
    ranks = np.ones(values.shape)
    for row, kept, found in zip(np.round(values, 12), held, ranks, strict=True):
        found[kept] = rankdata(row[kept], method="max") / max(kept.sum(), 1)
    return ranks


def _first(terms, measured, n_terms):
    order = np.argsort(-measured, kind="stable")[:n_terms]
    first = [terms[place] for place in order if measured[place] > -np.inf]
    return first + [""] * (n_terms - len(first))


def _sizes(document_topics, n_topics):
    sizes = share_matrix(document_topics)[1].mean(axis=0)
    if len(sizes) != n_topics:
        raise TopicsError(
            f"Expected terms and documents of the same topics; found {n_topics} topics in topic_terms and {len(sizes)} "
            "in document_topics. Take both from one fit."
        )
    # A topic without a document still has terms.
    return np.maximum(sizes, 1e-12)


def _refuse_weights(**given):
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise TopicsError(f"{name} expects a weight from 0 to 1; found {value!r}.")
