"""What can be measured of topics: coherence, exclusivity, diversity, and how well they tell unseen words."""

import zlib
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.topics import lda, plain, weighting
from analysis.topics.alignment import first_terms
from analysis.topics.errors import TopicsError, refuse_weights, refuse_whole
from analysis.topics.model import known_columns
from analysis.topics.shares import term_matrix
from analysis.topics.threads import one_thread


def npmi(topic_terms, matrix, clusters=None, *, n_terms=10):
    """Return the coherence of each topic, measured on distinct stories.

    The mean over pairs of a topic's first terms of ``ln(p(i, j) / (p(i) p(j))) / -ln p(i, j)`` (Bouma 2009;
    Lau, Newman & Baldwin 2014), with p the share of stories that hold the terms. -1 where two are never together, 1
    where both are in every story. A story is held by its representative alone, so copies do not move it: on a corpus
    with copies coherence rises while topics are destroyed.

    Parameters
    ----------
    topic_terms : DataFrame of ``tables.TopicTerms``
    matrix : DocumentTermMatrix
        Of documents or passages; terms meet where they stand in one document.
    clusters : DataFrame of ``tables.Clusters``, optional
        Every document is a story of its own if not given.
    n_terms : int, default 10

    Returns
    -------
    Series of float, by topic
        NaN where fewer than two of the first terms stand in any story.
    """
    refuse_whole("n_terms", n_terms, least=1)
    terms, weights = term_matrix(topic_terms)
    holding = _stories(matrix, clusters)
    place = {term: column for column, term in enumerate(matrix.terms)}
    firsts = first_terms(terms, weights, n_terms)
    found = [_coherence(holding[:, [place[term] for term in each if term in place]]) for each in firsts]
    return pd.Series(found, dtype=float, name="npmi").rename_axis("topic")


def _stories(matrix, clusters):
    """Stories × terms, 1 where the representative of the story holds the term."""
    ids, of_document = np.unique(matrix.document_ids.astype(str), return_inverse=True)
    rows = sparse.csr_array(
        (np.ones(len(of_document)), (of_document, np.arange(len(of_document)))), shape=(len(ids), len(of_document))
    )
    holding = sparse.csc_array(rows @ matrix.weights)
    holding.eliminate_zeros()
    holding.data[:] = 1
    if clusters is None:
        return holding
    weighting.shares_of_clusters(clusters, matrix.document_ids)  # refuses clusters of other documents
    kept = np.isin(ids, clusters["representative"].to_numpy(dtype=str))
    return holding[np.flatnonzero(kept)]


def _coherence(holding):
    n_stories, together = holding.shape[0], (holding.T @ holding).toarray()
    alone = np.diag(together)
    seen = np.flatnonzero(alone > 0)
    pairs = list(combinations(seen, 2))
    if not pairs:
        return np.nan
    return float(np.mean([_pair_npmi(together[i, j], alone[i], alone[j], n_stories) for i, j in pairs]))


def _pair_npmi(both, one, other, n_stories):
    if both == 0:
        return -1.0
    if both == n_stories:
        return 1.0
    return np.log(both * n_stories / (one * other)) / -np.log(both / n_stories)


def exclusivity(topic_terms, *, n_terms=10):
    """Return for each topic the mean, over its first terms, of the share it has in the weight of a term in all topics.

    Near 1 where no other topic uses its terms, 1 / n_topics where all use them alike (Bischof & Airoldi 2012,
    "Summarizing topical content with word frequency and exclusivity").

    Returns
    -------
    Series of float in (0, 1], by topic
    """
    refuse_whole("n_terms", n_terms, least=1)
    _, weights = term_matrix(topic_terms)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :n_terms]
    share = weights / weights.sum(axis=0)
    found = [share[k, row[weights[k, row] > 0]].mean() for k, row in enumerate(order)]
    return pd.Series(found, dtype=float, name="exclusivity").rename_axis("topic")


def diversity(topic_terms, *, n_terms=10):
    """Return the share of different terms among the first terms of all topics (Dieng, Ruiz & Blei 2020).

    1 where no term is among the first of two topics.
    """
    refuse_whole("n_terms", n_terms, least=1)
    firsts = np.concatenate(first_terms(*term_matrix(topic_terms), n_terms))
    return len(set(firsts)) / len(firsts)


def perplexity(model, matrix):
    """Return how surprised a model is by words it has not seen; lower is better, and the number of terms is chance.

    Document completion (Wallach, Murray, Salakhutdinov & Mimno 2009, "Evaluation methods for topic models"): the topics
    of a document are estimated from half of its tokens, and the other half is predicted,
    ``exp(-sum(ln p(token)) / number of tokens)``. Of an odd number of tokens of a term a hash of document and term says
    where the last goes, so that the answer for a document depends on no other.

    Parameters
    ----------
    model : topics.Model
        Fitted by LDA. NMF says nothing of probabilities.
    matrix : DocumentTermMatrix
        Counts of documents that were not fitted. Divide documents by cluster: a copy of what was fitted is not unseen.

    Raises
    ------
    TopicsError
        The model is NMF, the matrix holds no counts, or no token is left to predict.
    """
    learned = model.learned_
    if learned.method != "lda":
        raise TopicsError("Perplexity wants a model of method='lda': NMF gives no probabilities of terms.")
    refuse_weights(matrix, "perplexity")
    seen, hidden = _halves(known_columns(learned.terms, matrix), matrix.document_ids, learned.terms)
    if not hidden.sum():
        raise TopicsError(
            f"Expected tokens to predict; found none in {matrix.weights.shape[0]} rows. Each row is divided into "
            "halves: take longer rows, or more of them."
        )
    with one_thread():
        theta = lda.fold_in(seen, learned.topic_terms, compiled=learned.fitted.get("compiled", False))
    hidden = sparse.csr_array(hidden)
    of_entry = np.repeat(np.arange(hidden.shape[0]), np.diff(hidden.indptr))
    told = np.log(plain.predicted(theta, np.ascontiguousarray(learned.topic_terms.T), of_entry, hidden.indices))
    return float(np.exp(-(hidden.data * told).sum() / hidden.data.sum()))


def _halves(counts, document_ids, terms):
    """(observed, hidden): counts of each, which add up to the counts given."""
    of_entry = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    hashed = [
        np.array([zlib.crc32(str(name).encode("utf-8")) for name in names], np.uint64)
        for names in (document_ids, terms)
    ]
    mixed = (hashed[0][of_entry] << np.uint64(32)) | hashed[1][counts.indices]
    # Two rounds of a multiplicative hash: of the bits of a product only the high ones depend on all of both names.
    for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(factor)
    last = (mixed >> np.uint64(63)).astype(float)
    observed = np.floor(counts.data / 2) + (counts.data % 2) * last
    return tuple(_of(counts, values) for values in (observed, counts.data - observed))


def _of(counts, values):
    made = sparse.csr_array((values, counts.indices.copy(), counts.indptr.copy()), shape=counts.shape)
    made.eliminate_zeros()
    return made
