"""The verb ``trend``: the share of each topic over time, smoothed by a spline, with intervals."""

import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.interpolate import CubicSpline
from scipy.special import expit

from analysis import tables
from analysis.topics.bootstrap import bounds, drawn, refuse_options
from analysis.topics.errors import TopicsError, refuse_whole
from analysis.topics.joining import documents_of
from analysis.topics.shares import share_matrix
from analysis.topics.stories import stories
from analysis.topics.threads import one_thread

_DAY = pd.Timedelta(days=1)
_SPANS = 200
_POINTS = 100
_LEAST = 1e-9  # a mean share of 0 or 1 has no log odds
_STEPS, _STEPS_OF_A_DRAW = 40, 5


def trend(document_topics, documents, clusters, *, random_state, knots=5, n_draws=1000, level=0.95, few="raise"):
    """Return the share of each topic from the first day to the last, smoothed by a natural cubic spline.

    The log odds of a topic are a natural cubic spline of the day a document was published, fitted to the shares by
    quasi-likelihood (fractional logit; Papke & Wooldridge 1996): as "written" a document weighs 1 / (size of its
    cluster), as "printed" 1. Knots lie so that as many stories are between each two, so the curve bends most where most
    is known; before the first report and behind the last nothing is said. The shares of a day are divided by their sum.
    Intervals are from a bootstrap over clusters, as in ``prevalence``, and hold at each day by itself.

    Parameters
    ----------
    document_topics : DataFrame of ``tables.DocumentTopics``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    random_state : int
        Seed of the draws.
    knots : int, default 5
        At least 2, with which the log odds are a straight line; 5 allow them to bend three times.
    n_draws : int, default 1000
    level : float between 0 and 1, or None, default 0.95
        None where the documents are all there are, and no sample of others: there are no intervals.
    few : "raise" or "warn"
        What happens where too few days are known for a curve: an error, or a warning and a table with no rows.

    Returns
    -------
    DataFrame of ``tables.TopicTrends``
        100 days for each topic and counting, evenly spread from the first to the last (all, where these are fewer).
        ``n_near`` is the number of stories published up to a twentieth of the whole time before or after: where it is
        small, the curve rests on the shape of a spline and not on reports.

    Raises
    ------
    TopicsError
        Fewer days or stories are known than there are knots, the tables are of other documents, or an option is out of
        range.

    Warns
    -----
    tables.SkippedWarning
        Documents have no date and are left out.
    """
    refuse_options(random_state, n_draws, level)
    refuse_whole("knots", knots, least=2)
    if few not in ("raise", "warn"):
        raise TopicsError(f"few is 'raise' or 'warn'; found {few!r}.")
    ids, shares = share_matrix(document_topics)
    told, days = stories(ids, clusters), _days(documents, ids)
    dated = ~np.isnan(days)
    if lacking := _lacking(days[dated], told.of_document[dated], knots, len(ids)):
        if few == "raise":
            raise TopicsError(lacking)
        warnings.warn(lacking, tables.SkippedWarning, stacklevel=2)
        return tables.empty(tables.TopicTrends)
    _report_undated(ids[~dated], len(ids))
    curve = _Curve(days[dated], shares[dated], told.of_document[dated], knots)
    weights = {"written": 1 / told.sizes[told.of_document], "printed": np.ones(len(ids))}
    with one_thread():
        made = [
            curve.table(each[dated], random_state, n_draws, level).assign(counting=counting)
            for counting, each in weights.items()
        ]
    return tables.check(tables.TopicTrends, pd.concat(made, ignore_index=True))


def _days(documents, ids):
    """The day of each document, counted from 1970 on; NaN where it is not known."""
    published = documents_of(ids, documents)["published"].dt.floor("D")
    return ((published - pd.Timestamp(0, tz="UTC")) / _DAY).to_numpy(dtype=float)


def _lacking(days, of_story, knots, n_documents):
    n_days, n_stories = len(np.unique(days)), len(np.unique(of_story))
    if min(n_days, n_stories) >= knots:
        return ""
    return (
        f"A curve over time with {knots} knots expects stories on at least {knots} different days; found {n_stories} "
        f"stories on {n_days} days, in {len(days)} of {n_documents} documents that have a date. Ask for fewer knots, "
        "or read dates into published (dates= of corpus.read)."
    )


def _report_undated(without, n_documents):
    if len(without):
        warnings.warn(
            f"{len(without)} of {n_documents} documents have no date and are left out of the curves over time: "
            f"{str(without[0])!r}{' and others' * (len(without) > 1)}.",
            tables.SkippedWarning,
            stacklevel=3,
        )


class _Curve:
    """A spline through the log odds of the shares of dated documents."""

    def __init__(self, days, shares, of_story, knots):
        self.shares, self.of_story = shares, np.unique(of_story, return_inverse=True)[1]
        first, length = days.min(), np.ptp(days) + 1
        # Spans of equal length, a day each where these are few: a spline of a few knots sees no difference.
        self.n_spans = int(min(length, _SPANS))
        self.of_span = np.minimum((days - first) * self.n_spans // length, self.n_spans - 1).astype(int)
        middles = first + (np.arange(self.n_spans) + 0.5) * length / self.n_spans - 0.5
        # One function for each knot, 1 there and 0 at the others: what is fitted are the log odds at the knots.
        basis = CubicSpline(_knots(days, self.of_story, knots), np.eye(knots), bc_type="natural")
        self.dates = np.unique(np.round(np.linspace(first, first + length - 1, _POINTS)))
        self.at_spans, self.at_dates = basis(middles), basis(self.dates)
        near = np.abs(days - self.dates[:, None]) <= length / 20
        self.n_near = [len(np.unique(self.of_story[each])) for each in near]

    def table(self, weights, random_state, n_draws, level):
        fit = _Fit(self._sums(weights), self.at_spans, self.shares.shape[1])
        found = np.full((3, len(self.dates), self.shares.shape[1]), np.nan)
        found[0] = _as_shares(fit.estimate, self.at_dates)[0]
        if level is not None:
            draws = drawn(
                lambda times: _as_shares(fit.of(times), self.at_dates),
                random_state,
                n_draws=n_draws,
                n_stories=fit.n_stories,
            )
            found[1:] = bounds(draws, level)
        return self._table(found)

    def _sums(self, weights):
        """(Spans × topics and one more) × stories: weighted shares, and the weights in the last column of a span."""
        values = np.column_stack([self.shares * weights[:, None], weights])
        n_columns = values.shape[1]
        rows = self.of_span[:, None] * n_columns + np.arange(n_columns)
        columns = np.repeat(self.of_story, n_columns)
        shape = self.n_spans * n_columns, self.of_story.max() + 1
        return sparse.csr_array((values.ravel(), (rows.ravel(), columns)), shape=shape)

    def _table(self, found):
        n_topics = found.shape[2]
        columns = {"topic": np.tile(np.arange(n_topics), len(self.dates)), "date": np.repeat(self.dates, n_topics)}
        columns |= dict(zip(("share", "low", "high"), found.reshape(3, -1), strict=True))
        columns |= {"n_near": np.repeat(self.n_near, n_topics)}
        table = pd.DataFrame(columns)
        return table.assign(date=pd.to_datetime(table["date"], unit="D", utc=True))


def _knots(days, of_story, knots):
    """As many stories between each two; where one day has too many for that, as many days that have reports."""
    first = np.full(of_story.max() + 1, np.inf)
    np.minimum.at(first, of_story, days)
    steps = np.linspace(0, 1, knots)
    places = np.quantile(first, steps)
    places[-1] = days.max()  # a copy may be printed after the last story was
    return places if (np.diff(places) > 0).all() else np.quantile(np.unique(days), steps)


class _Fit:
    """Log odds at the knots, draws × topics × knots, by Newton's method."""

    def __init__(self, sums, basis, n_topics):
        self.sums, self.basis, self.n_topics = sums, basis, n_topics
        self.n_stories, self.products = sums.shape[1], (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
        weights, shares = self._at(np.ones((1, self.n_stories)))
        mean = np.clip(shares.sum(axis=2) / weights.sum(axis=1), _LEAST, 1 - _LEAST)
        # One report of the mean share at each knot keeps the curve finite where none has the topic, or all have it.
        self.prior, self.strength = np.log(mean / (1 - mean))[:, :, None], (mean * (1 - mean))[:, :, None]
        start = np.repeat(self.prior, basis.shape[1], axis=2)
        self.estimate = self._improved(start, weights, shares, _STEPS)

    def of(self, times):
        """Fit to draws × stories: a few steps from the estimate lead to where many would."""
        start = np.repeat(self.estimate, len(times), axis=0)
        return self._improved(start, *self._at(times), _STEPS_OF_A_DRAW)

    def _at(self, times):
        """(draws × spans, draws × topics × spans): weights, and weighted shares."""
        found = np.asarray(self.sums @ times.T).reshape(len(self.basis), self.n_topics + 1, -1).transpose(2, 1, 0)
        return found[:, -1], found[:, :-1]

    def _improved(self, odds, weights, shares, n_steps):
        n_knots = self.basis.shape[1]
        for _ in range(n_steps):
            told = expit(odds @ self.basis.T)
            slope = (shares - weights[:, None] * told) @ self.basis - self.strength * (odds - self.prior)
            bend = (weights[:, None] * told * (1 - told)) @ self.products
            bend = bend.reshape(*odds.shape, n_knots) + self.strength[..., None] * np.eye(n_knots)
            # Far from where it leads to, a step may be much too long.
            odds = odds + np.clip(np.linalg.solve(bend, slope[..., None])[..., 0], -2, 2)
        return odds


def _as_shares(odds, basis):
    """Draws × dates × topics, which sum to 1."""
    found = expit(odds @ basis.T)
    return (found / found.sum(axis=1, keepdims=True)).transpose(0, 2, 1)
