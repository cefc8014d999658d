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
from analysis.topics.errors import TopicsError, refuse_seed, refuse_weights, refuse_whole
from analysis.topics.model import Model
from analysis.topics.resampling import n_kept
from analysis.topics.stories import concentration, rows_of


def inject(
    matrix,
    clusters=None,
    *,
    n_topics,
    random_state,
    stories=(10,),
    copies=(32,),
    lost=0.0,
    draws=3,
    progress=True,
    **options,
):
    """Return what copies do to topics, raw and with each report weighing 1 / (size of its cluster).

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
    lost : float from 0 to below 1, default 0
        The share of the tokens that each copy loses, at random. Copies are exact at 0.
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
    if not 0 <= lost < 1:
        raise TopicsError(f"lost expects a share from 0 to below 1; found {lost!r}.")
    refuse_weights(matrix, "inject")
    clean = _clean(matrix, clusters)
    conditions = [(_number(each, clean.ids), number) for each in stories for number in copies]
    model = Model(n_topics, random_state=random_state, **options)
    reference = _Reference(clean, model, float(lost))
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
    if len(kept) < 2:
        raise TopicsError(f"Expected at least two stories, of which one can be left out; found {len(kept)}.")
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

    def __init__(self, clean, model, lost):
        self.clean, self.model, self.lost = clean, model, lost
        fitted = self._fitted(clean.matrix)
        self.topic_terms, self.shares = fitted.topic_terms(), fitted.shares(clean.matrix)[1]

    def _fitted(self, matrix, clusters=None):
        return Model(**self.model.get_params()).fit(matrix, clusters)

    def rows(self, draw, n_stories, n_copies):
        """Rows of the table for one draw of stories; of no stories, the floor."""
        said = {"n_stories": n_stories, "n_copies": n_copies, "lost": self.lost, "draw": draw}
        seed = [self.model.random_state, draw, n_stories]
        order = self.clean.ids[np.random.default_rng(seed).permutation(len(self.clean.ids))]
        if not n_stories:
            part = rows_of(self.clean.matrix, order[: n_kept(len(order))])
            return [{**said, "lost": 0.0, "weighting": "floor", **self._measured(part, None, weigh=False)}]
        flooded = _flooded(self.clean, np.sort(order[:n_stories]), n_copies, (self.lost, [*seed, n_copies]))
        return [
            {**said, "weighting": weighting, **self._measured(*flooded, weigh=weighting != "raw")}
            for weighting in ("raw", "by cluster")
        ]

    def _measured(self, matrix, clusters, *, weigh):
        """What a fit to a matrix makes of the topics of the clean corpus."""
        fitted = self._fitted(matrix, clusters if weigh else None)
        found = align(self.topic_terms, fitted.topic_terms())
        effective, largest, _ = concentration(_mass(fitted, matrix, clusters, weigh=weigh))
        theirs = fitted.shares(self.clean.matrix)[1].mean(axis=0)[found["other"].to_numpy(dtype=int)]
        return {
            "agreement": found["agreement"].mean(),
            "n_lost": int((found["agreement"] < LOST).sum()),
            "n_owned": int((largest > OWNED).sum()),
            "smallest_n_effective": np.nanmin(effective),
            "prevalence_error": np.abs(theirs - self.shares.mean(axis=0)).sum() / 2,
        }


def _mass(fitted, matrix, clusters, *, weigh):
    """Stories × topics as the fit saw them: all copies of a story, or their mean."""
    ids, shares = fitted.shares(matrix)
    told = telling.stories(ids, clusters)
    mass = np.zeros((len(told.sizes), shares.shape[1]))
    np.add.at(mass, told.of_document, shares)
    return mass / told.sizes[:, None] if weigh else mass


def _flooded(clean, chosen, n_copies, losing):
    """(the matrix with copies of the stories chosen, the clusters they make)."""
    places = np.flatnonzero(np.isin(clean.matrix.document_ids.astype(str), chosen.astype(str)))
    rows, original = clean.matrix.weights[np.tile(places, n_copies)], clean.matrix.document_ids[places]
    copy_of = np.tile(original, n_copies)
    numbers = np.repeat(np.arange(1, n_copies + 1), len(places))
    copies = np.array([f"{name} copy {number}" for name, number in zip(copy_of, numbers, strict=True)], dtype=object)
    lost, seed = losing
    # Each token is kept or lost by itself.
    rows.data = np.random.default_rng(seed).binomial(rows.data.astype(np.int64), 1 - lost).astype(np.float64)
    pairs = dict([*zip(clean.ids, clean.ids, strict=True), *zip(copies, copy_of, strict=True)])
    clusters = pd.DataFrame({"document_id": pairs.keys(), "representative": pairs.values(), "score": 1.0})
    weights = sparse.csr_array(sparse.vstack([clean.matrix.weights, rows]))
    ids = np.concatenate([clean.matrix.document_ids, copies])
    return tables.DocumentTermMatrix(weights, ids, clean.matrix.terms), clusters
