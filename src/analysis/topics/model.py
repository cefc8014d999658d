"""A model of topics in scikit-learn's manners: fit, transform, get_feature_names_out."""

from dataclasses import replace

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from analysis import tables
from analysis.topics import lda, nmf, starting, weighting
from analysis.topics.errors import (
    TopicsError,
    counts,
    refuse_method,
    refuse_seed,
    refuse_size,
    refuse_unfit,
    refuse_weights,
    refuse_whole,
)
from analysis.topics.shares import SMALLEST, document_shares, normalised, share_table, topic_table
from analysis.topics.threads import one_thread

_ITERATIONS = {"nmf": 400, "lda": 300}
_TOLERANCES = {"nmf": 1e-5, "lda": 3e-5}


class Model(BaseEstimator):
    """Topics of documents, or of passages that are then added up for each document.

    Parameters
    ----------
    n_topics : int
        At least 1, at most the number of different rows that hold a term and the number of terms.
    random_state : int
        Seed of the start. Required, so that nobody gets an unseeded result by forgetting it.
    method : "nmf" or "lda"
        ``nmf`` is non-negative matrix factorisation of TF-IDF (least squares, HALS, from NNDSVDa); ``lda`` is latent
        Dirichlet allocation by MAP-EM (Asuncion et al. 2009) on counts, started from NMF.
    iterations : int, optional
        At most; 400 of NMF and 300 of LDA if not given.
    tolerance : float, optional
        LDA ends when an iteration adds no more than this share to the log posterior of a token, 3e-5 if not given; NMF
        when one adds no more than this share to the sum of squares that is explained, 1e-5 if not given.
    n_jobs : int, optional
        Threads of LDA. Their number changes no bit. ``joblib.parallel_config`` holds if not given.
    progress : bool, default False
        Show a bar where it takes longer than a few seconds.

    Attributes
    ----------
    learned_ : tables.TopicModel
        What ``provenance.save`` keeps, and ``Model.of`` makes a model of again.

    Notes
    -----
    Interrupted, a fit leaves the model as it was before.
    """

    def __init__(
        self, n_topics, *, random_state, method="nmf", iterations=None, tolerance=None, n_jobs=None, progress=False
    ):
        self.n_topics = n_topics
        self.random_state = random_state
        self.method = method
        self.iterations = iterations
        self.tolerance = tolerance
        self.n_jobs = n_jobs
        self.progress = progress

    @classmethod
    def of(cls, learned):
        """Return a fitted model of a ``tables.TopicModel``."""
        model = cls(method=learned.method, **learned.options)
        model.learned_ = learned
        return model

    def fit(self, matrix, weights=None):
        """Fit topics to a matrix, and number them by their weighted share of it.

        Parameters
        ----------
        matrix : DocumentTermMatrix
            Counts from ``terms.count``. NMF weighs them itself, with document frequencies that count each row by its
            weight, so that copies do not make their words common. It takes TF-IDF from ``terms.weigh`` as it comes.
        weights : DataFrame of ``tables.Clusters``, or Series of weights by ``document_id``, optional
            Of clusters, each document weighs one divided by the size of its cluster, so that forty copies of a story
            count as one story. Every document weighs 1 when not given.

        Returns
        -------
        Model

        Raises
        ------
        TopicsError
            ``n_topics``, ``method`` or ``random_state`` does not fit, a weight is missing, negative or given twice,
            clusters name a document that is not in the matrix, or LDA is given weights that are not counts.

        Warns
        -----
        tables.SkippedWarning
            Documents hold no term of any topic; they have even shares.
        sklearn.exceptions.ConvergenceWarning
            The iterations ended before the topics settled.
        """
        row_weights = weighting.document_weights(matrix.document_ids, weights)
        self._refuse(matrix)
        tidy = _tidy(matrix.weights)
        first, summed, of_row = weighting.distinct(tidy, row_weights)
        rows, stories = tidy[first], weighting.by_story(weights, matrix.document_ids, of_row)
        with one_thread():
            learned = self._learned(matrix, rows, summed, stories)
            ids, shares = document_shares(matrix.document_ids, self._row_topics(learned, rows), of_row)
            order = _falling(weighting.document_weights(ids, weights) @ shares)
        self.learned_ = replace(learned, topic_terms=learned.topic_terms[order])
        self._seen = ids, shares[:, order]
        return self

    def transform(self, matrix):
        """Return the topics of documents, seen or not, as ``tables.DocumentTopics``.

        Each document is computed by itself: beside others, alone or in another order, it gets the same bits.

        Parameters
        ----------
        matrix : DocumentTermMatrix
            Made as the one that was fitted. Terms that were not there then are left out.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            There is no fit yet.
        TopicsError
            The matrix shares no term with the model, or holds weights where the model wants counts.

        Warns
        -----
        tables.SkippedWarning
            Documents hold no term of any topic; they have even shares.
        """
        return share_table(*self.shares(matrix))

    def fit_transform(self, matrix, weights=None):
        """Return the topics of the documents that are fitted."""
        return self.fit(matrix, weights).document_topics()

    def shares(self, matrix):
        """(ids, documents × topics) that ``transform`` makes a table of."""
        learned = self._fitted()
        refuse_unfit(matrix)
        if learned.method == "lda" or len(learned.inverse_frequencies):
            refuse_weights(matrix, "This model")
        known = known_columns(learned.terms, matrix)
        first, _, of_row = weighting.distinct(known, np.ones(known.shape[0]))
        with one_thread():
            return document_shares(matrix.document_ids, self._row_topics(learned, known[first]), of_row)

    def topic_terms(self):
        """Return ``tables.TopicTerms``; the weights of a topic sum to 1."""
        learned = self._fitted()
        return topic_table(learned.topic_terms, learned.terms)

    def document_topics(self):
        """Return ``tables.DocumentTopics`` of the documents that were fitted; of a model that was loaded, none."""
        self._fitted()
        if not hasattr(self, "_seen"):
            raise NotFittedError("A model that was loaded has not kept its documents; transform their matrix.")
        return share_table(*self._seen)

    def get_feature_names_out(self, input_features=None):  # noqa: ARG002 - scikit-learn's signature
        """Return the names of the topics: topic0, topic1, …."""
        return np.array([f"topic{topic}" for topic in range(len(self._fitted().topic_terms))], dtype=object)

    def _fitted(self):
        if not hasattr(self, "learned_"):
            raise NotFittedError("This model has no topics yet; call fit first.")
        return self.learned_

    def _refuse(self, matrix):
        refuse_seed(self.random_state)
        refuse_method(self.method)
        refuse_unfit(matrix)
        if self.method == "lda":
            refuse_weights(matrix, "method='lda'")
        if self.iterations is not None:
            refuse_whole("iterations", self.iterations, least=1)
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            raise TopicsError(f"tolerance expects a share from 0 to below 1, such as 1e-5; found {self.tolerance!r}.")

    def _learned(self, matrix, rows, row_weights, stories):
        """The `tables.TopicModel` of rows that differ, topics in the order they were found."""
        seen, counted = weighting.seen(rows, row_weights, stories), counts(matrix)
        inverse = weighting.inverse_frequencies(*seen) if counted else np.zeros(0)
        seen = seen.useful()
        refuse_size(seen.rows, self.n_topics)
        weighed = weighting.weigh(seen.rows, inverse) if counted else seen.rows
        order, topic_terms = weighting.commonest_first(seen.rows), np.empty((self.n_topics, len(matrix.terms)))
        random = starting.directions(matrix.terms[order], self.n_topics, int(self.random_state))
        seen, weighed = seen._replace(rows=weighting.columns(seen.rows, order)), weighting.columns(weighed, order)
        topic_terms[:, order], fitted = self._topics(seen, weighed, random)
        inverse = inverse if self.method == "nmf" else np.zeros(0)
        return tables.TopicModel(self.method, matrix.terms, topic_terms, inverse, self._options(), fitted)

    def _topics(self, seen, weighed, random):
        """(topics × terms, how the fit ended)."""
        how = {
            "iterations": self.iterations or _ITERATIONS[self.method],
            "tolerance": _TOLERANCES[self.method] if self.tolerance is None else self.tolerance,
            "progress": self.progress,
        }
        if self.method == "nmf":
            found = nmf.factorise(weighed, seen.weights, random, **how)
            return found.terms, {name: getattr(found, name) for name in ("error", "n_iterations", "converged")}
        start = nmf.roughly(weighed, seen.weights, random, progress=self.progress)
        compiled = bool(seen.rows.nnz * self.n_topics >= lda.COMPILED_FROM)
        found = lda.estimate(seen.rows, seen.weights, start, compiled=compiled, n_jobs=self.n_jobs, **how)
        topic_terms, *fitted = found
        ended = dict(zip(("log_likelihood", "n_iterations", "converged"), fitted, strict=True))
        return topic_terms, ended | {"compiled": compiled}

    def _row_topics(self, learned, rows):
        """Mass of the topics in each row: of NMF weights, of LDA tokens, so that passages add up by their length.

        What NMF gives a row and what it gives the terms of a topic are known but for a factor; of topics that sum to 1
        the former is a share of the row's weights. Topics are taken in an order that has nothing to do with their
        numbers: what a fit computes before it numbers them has the bits that are computed of the same rows later.
        """
        order = weighting.by_digest(sparse.csr_array(learned.topic_terms))
        topic_terms, found = learned.topic_terms[order], np.empty((rows.shape[0], len(order)))
        if learned.method == "lda":
            how = {"compiled": learned.fitted.get("compiled", False), "n_jobs": self.n_jobs, "progress": self.progress}
            found[:, order] = lda.fold_in(rows, topic_terms, **how) * rows.sum(axis=1).reshape(-1, 1)
            return found
        if len(learned.inverse_frequencies):
            rows = weighting.weigh(rows, learned.inverse_frequencies)
        found[:, order] = nmf.fold_in(rows, normalised(topic_terms))
        return found

    def _options(self):
        asked = {"n_topics": int(self.n_topics), "random_state": int(self.random_state), "tolerance": self.tolerance}
        return asked | {"iterations": self.iterations}


def _falling(mass):
    """Places of the largest first; of those equal to nine digits the first."""
    return np.lexsort((np.arange(len(mass)), -np.round(mass / max(mass.sum(), SMALLEST), 9)))


def _tidy(weights):
    """The weights with each entry once, none 0, in the order of columns."""
    tidy = sparse.csr_array(weights, dtype=np.float64, copy=True)
    tidy.sum_duplicates()
    tidy.eliminate_zeros()
    return tidy


def known_columns(terms, matrix):
    """The columns of a matrix by the terms of a model."""
    weights = _tidy(matrix.weights)
    if np.array_equal(terms, matrix.terms):
        return weights
    place = {term: column for column, term in enumerate(terms)}
    to = np.array([place.get(term, -1) for term in matrix.terms], dtype=np.int64)
    if not (to >= 0).any():
        raise TopicsError(
            f"None of the {len(to)} terms of the matrix is among the {len(terms)} terms of the model. Make the matrix "
            "with the options of the one that was fitted."
        )
    known = np.flatnonzero(to >= 0)
    shape = (len(known), len(terms))
    chosen = sparse.csr_array((np.ones(len(known)), (np.arange(len(known)), to[known])), shape=shape)
    return _tidy(weights[:, known] @ chosen)
