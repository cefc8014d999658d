"""The verb ``inject``: copies are put into a corpus, and what they do to its topics is measured."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from tqdm import tqdm

from analysis import tables
from analysis.topics import stories as telling
from analysis.topics.alignment import LOST, align
from analysis.topics.auditing import OWNED
from analysis.topics.errors import TopicsError, refuse_seed, refuse_whole
from analysis.topics.model import Model
from analysis.topics.resampling import KEPT
from analysis.topics.stories import concentration, rows_of


def inject(
    matrix, clusters=None, *, n_topics, random_state, stories=(10,), copies=(32,), draws=3, progress=True, **options
):
    """Return what exact copies do to topics, raw and with each report weighing 1 / (size of its cluster).

    After Schofield, Thompson & Mimno 2017 ("Quantifying the effects of text duplication on semantic models"), with the
    noise floor they do without: what leaving out a tenth of the stories does. An effect no larger than that is none.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Counts from ``terms.count``.
    clusters : DataFrame of ``tables.Clusters``, optional
        Only representatives are taken, so that the corpus is clean before copies are put in.
    n_topics, random_state : int
        ``random_state`` is the seed of the fits and of the stories drawn.
    stories : sequence of int or float
        How many stories are copied; a float is a share of them, rounded up.
    copies : sequence of int
        How many copies each of them gets.
    draws : int, default 3
        How often stories are drawn for each combination.
    progress : bool, default True
        Show a bar where it takes longer than a few seconds.
    **options
        ``method``, ``iterations`` and ``tolerance``, as in ``topics.Model``.

    Returns
    -------
    DataFrame of ``tables.TopicInjection``
        ``agreement`` is the mean of ``align`` with the topics of the clean corpus, ``n_lost`` the topics that agree by
        less than a third, ``n_owned`` those of which one story has more than a quarter of the mass that the model saw,
        ``smallest_n_effective`` the fewest stories a topic rests on, and ``prevalence_error`` half the sum of the
        differences of the topics' shares in the clean corpus. Rows of ``weighting`` "floor" have no copies.

    Raises
    ------
    TopicsError
        A number of stories or copies does not fit the corpus, or the fit is refused.
    """
    refuse_seed(random_state)
    refuse_whole("draws", draws, least=1)
    for number in copies:
        refuse_whole("copies", number, least=1)
    clean = _clean(matrix, clusters)
    conditions = [(_number(each, clean.ids), number) for each in stories for number in copies]
    model = Model(n_topics, random_state=random_state, **options)
    reference = _Reference(clean, model)
    asked = [(draw, *condition) for draw in range(1, draws + 1) for condition in [(0, 0), *conditions]]
    bar = tqdm(asked, desc="copies", delay=5, disable=not progress)
    rows = [row for each in bar for row in reference.rows(*each)]
    found = pd.DataFrame(rows, columns=tables.columns(tables.TopicInjection))
    return tables.check(tables.TopicInjection, found.drop_duplicates(tables.key(tables.TopicInjection)))


class _Clean(NamedTuple):
    matrix: tables.DocumentTermMatrix
    ids: np.ndarray


def _clean(matrix, clusters):
    ids = np.unique(matrix.document_ids.astype(str)).astype(object)
    kept = telling.stories(ids, clusters).representatives
    return _Clean(rows_of(matrix, kept), kept)


def _number(asked, ids):
    """A number of stories: as it is, or a share of them rounded up."""
    whole = isinstance(asked, Integral)
    number = int(asked) if whole else int(np.ceil(asked * len(ids)))
    if isinstance(asked, bool) or not 1 <= number <= len(ids):
        raise TopicsError(
            f"stories expects numbers from 1 to {len(ids)}, or shares of them above 0 and up to 1.0; found {asked!r}."
        )
    return number


class _Reference:
    """The clean corpus with its topics, to hold others against."""

    def __init__(self, clean, model):
        self.clean, self.model = clean, model
        fitted = self._fitted(clean.matrix)
        self.topic_terms, self.shares = fitted.topic_terms(), fitted.shares(clean.matrix)[1]

    def _fitted(self, matrix, clusters=None):
        return Model(**self.model.get_params()).fit(matrix, clusters)

    def rows(self, draw, n_stories, n_copies):
        """Rows of the table for one draw of stories."""
        ids = self.clean.ids
        order = np.random.default_rng([self.model.random_state, draw, n_stories]).permutation(len(ids))
        said = {"n_stories": n_stories, "n_copies": n_copies, "draw": draw}
        once = np.ones(len(ids))
        if not n_stories:
            kept = ids[order[: min(max(1, round(KEPT * len(ids))), len(ids) - 1)]]
            fitted = self._fitted(rows_of(self.clean.matrix, kept))
            return [{**said, "weighting": "floor", **self._measured(fitted, np.isin(ids, kept).astype(float))}]
        matrix, clusters = _flooded(self.clean, ids[np.sort(order[:n_stories])], n_copies)
        times = once + n_copies * np.isin(np.arange(len(ids)), order[:n_stories])
        return [
            {**said, "weighting": "raw", **self._measured(self._fitted(matrix), times)},
            {**said, "weighting": "by cluster", **self._measured(self._fitted(matrix, clusters), once)},
        ]

    def _measured(self, fitted, times):
        """What a fit that saw each story ``times`` as often makes of the topics of the clean corpus."""
        found = align(self.topic_terms, fitted.topic_terms())
        shares = fitted.shares(self.clean.matrix)[1]
        effective, largest, _ = concentration(shares * times[:, None])
        theirs = shares.mean(axis=0)[found["other"].to_numpy(dtype=int)]
        return {
            "agreement": found["agreement"].mean(),
            "n_lost": int((found["agreement"] < LOST).sum()),
            "n_owned": int((largest > OWNED).sum()),
            "smallest_n_effective": np.nanmin(effective),
            "prevalence_error": np.abs(theirs - self.shares.mean(axis=0)).sum() / 2,
        }


def _flooded(clean, chosen, n_copies):
    """(the matrix with copies of the stories chosen, the clusters they make)."""
    rows = np.flatnonzero(np.isin(clean.matrix.document_ids.astype(str), chosen.astype(str)))
    named = [
        (name, f"{name} copy {copy}") for copy in range(1, n_copies + 1) for name in clean.matrix.document_ids[rows]
    ]
    taken = np.concatenate([np.arange(clean.matrix.weights.shape[0]), np.tile(rows, n_copies)])
    ids = np.array([*clean.matrix.document_ids, *(copy for _, copy in named)], dtype=object)
    pairs = sorted({*zip(clean.ids, clean.ids, strict=True), *named}, key=lambda pair: pair[1])
    clusters = pd.DataFrame(
        {"document_id": [b for _, b in pairs], "representative": [a for a, _ in pairs], "score": 1.0}
    )
    return tables.DocumentTermMatrix(sparse.csr_array(clean.matrix.weights)[taken], ids, clean.matrix.terms), clusters
