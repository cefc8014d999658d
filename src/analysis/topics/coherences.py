"""The verb ``coherence``: what copies make of the coherence of each topic, beside what they made of the topic."""

import pandas as pd

from analysis import tables
from analysis.topics.alignment import align
from analysis.topics.errors import TopicsError
from analysis.topics.measures import npmi


def coherence(topic_terms, matrix, clusters, reference=None, *, n_terms=10):
    """Return the coherence of each topic, counting each copy and counting each story once.

    Copies repeat the words of a topic together, so its coherence as printed rises while the topic becomes one story:
    what falls apart is the coherence as written, and the agreement with the topics that the same stories give where
    copies weigh as one.

    Parameters
    ----------
    topic_terms : DataFrame of ``tables.TopicTerms``
    matrix : DocumentTermMatrix
        Of documents or passages; terms meet where they stand in one document.
    clusters : DataFrame of ``tables.Clusters``
    reference : DataFrame of ``tables.TopicTerms``, optional
        Topics to compare with, such as those of a fit with ``weights=clusters``.
    n_terms : int, default 10

    Returns
    -------
    DataFrame of ``tables.TopicCoherence``
        ``printed`` and ``written`` are ``npmi`` without and with the clusters, NaN where fewer than two of the terms
        stand in any story. ``agreement`` is that of ``align`` with the reference, NaN without one.

    Raises
    ------
    TopicsError
        The clusters are of other documents.
    """
    if clusters is None:
        raise TopicsError("coherence wants the clusters of the documents: without them each copy is a story.")
    found = pd.DataFrame({"printed": npmi(topic_terms, matrix, n_terms=n_terms)})
    found["written"] = npmi(topic_terms, matrix, clusters, n_terms=n_terms)
    agreement = None if reference is None else align(topic_terms, reference, n_terms=n_terms)["agreement"].to_numpy()
    return tables.check(tables.TopicCoherence, found.reset_index().assign(agreement=agreement))
