"""How much of an outlet, a month or a corpus belongs to each topic, or to several together, with intervals."""

from functools import partial
from itertools import pairwise
from numbers import Integral

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.bootstrap import blocks, bounds, drawn, refuse_options
from analysis.topics.errors import TopicsError
from analysis.topics.joining import documents_of
from analysis.topics.shares import share_matrix
from analysis.topics.stories import stories


def prevalence(document_topics, documents, clusters, *, random_state, by=None, n_draws=1000, level=0.95):
    """Return the share of each topic by group, with each story counted once and with each copy.

    "written": a document counts 1 / (size of its cluster), what was written of. "printed": each counts 1, what was
    printed of. Both are of the same topics. Intervals are from a bootstrap over clusters (Field & Welsh 2007,
    "Bootstrapping clustered data"): stories are drawn with all their copies, since copies are not independent.
    The quantiles of the draws are the bounds. They say how far another sample of stories might differ, not how
    uncertain the topics are (``stability`` does).

    Parameters
    ----------
    document_topics : DataFrame of ``tables.DocumentTopics``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    random_state : int
        Seed of the draws.
    by : str, optional
        A column of ``documents``, or "month" or "day" of ``published`` (in UTC). All are one group, "", if not given.
        Documents where it is not stated are the group "" as well.
    n_draws : int, default 1000
    level : float between 0 and 1, or None, default 0.95
        None where the documents are all there are, and no sample of others: nothing is drawn, and there are no
        intervals.

    Returns
    -------
    DataFrame of ``tables.TopicPrevalence``
        Shares sum to 1 within a group and a counting. ``low`` and ``high`` are NaN for a group of one story, of which
        there is nothing to draw.

    Raises
    ------
    TopicsError
        The tables are of other documents, there is no such column, or an option is out of range.
    """
    refuse_options(random_state, n_draws, level)
    ids, shares = share_matrix(document_topics)
    groups = _Groups(ids, documents, clusters, by)
    return tables.check(tables.TopicPrevalence, _by_counting(groups, shares, random_state, n_draws, level))


def difference(document_topics, documents, clusters, *, random_state, by=None, n_draws=1000, level=0.95):
    """Return how much larger the share of each topic is as printed than as written, by group.

    The interval is of the difference itself: both shares are taken of the same draws, which are those of ``prevalence``
    with the same seed. It does not follow from the intervals of the two.

    Parameters
    ----------
    document_topics, documents, clusters, random_state, by, n_draws, level
        As in ``prevalence``.

    Returns
    -------
    DataFrame of ``tables.TopicDifferences``
        ``difference`` is ``printed - written``: above 0 where copies make the topic larger. It sums to 0 in a group.

    Raises
    ------
    TopicsError
        As in ``prevalence``.
    """
    refuse_options(random_state, n_draws, level)
    ids, shares = share_matrix(document_topics)
    groups = _Groups(ids, documents, clusters, by)
    written, printed = (groups.cells(shares, counting) for counting in ("written", "printed"))
    low, high = printed.bounds(random_state, n_draws, level, less=written)
    columns = groups.columns(shares.shape[1]) | {"written": written.shares().ravel()}
    columns |= {"printed": printed.shares().ravel(), "difference": (printed.shares() - written.shares()).ravel()}
    columns |= {"low": low.ravel(), "high": high.ravel()}
    return tables.check(tables.TopicDifferences, pd.DataFrame(columns))


def sums(document_topics, documents, clusters, *, of, random_state, by=None, n_draws=1000, level=0.95):
    """Return the share of several topics together, by group: of "war" where topics 0, 3 and 7 are about it.

    The interval is of the sum, from the same draws as in ``prevalence``. Topics keep their numbers; one may stand in
    several sums.

    Parameters
    ----------
    document_topics : DataFrame of ``tables.DocumentTopics``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    of : dict of str to sequence of int
        The topics of each sum, by a name for it: ``{"war": [0, 3, 7]}``.
    random_state, by, n_draws, level
        As in ``prevalence``.

    Returns
    -------
    DataFrame of ``tables.TopicSums``
        ``topics`` are the numbers that were added, such as "0, 3, 7".

    Raises
    ------
    TopicsError
        A sum has no name or no topic, names a topic twice or one that is not there; or as in ``prevalence``.
    """
    refuse_options(random_state, n_draws, level)
    ids, shares = share_matrix(document_topics)
    chosen = {name: _chosen(name, numbers, shares.shape[1]) for name, numbers in dict(of).items()}
    if not chosen:
        raise TopicsError('of expects topics by the name of their sum, such as {"war": [0, 3]}; found none.')
    added = np.column_stack([shares[:, numbers].sum(axis=1) for numbers in chosen.values()])
    groups = _Groups(ids, documents, clusters, by)
    made = _by_counting(groups, np.minimum(added, 1), random_state, n_draws, level).rename(columns={"topic": "place"})
    places = made.pop("place").to_numpy()
    names, listed = list(chosen), [", ".join(map(str, numbers)) for numbers in chosen.values()]
    made = made.assign(name=[names[place] for place in places], topics=[listed[place] for place in places])
    return tables.check(tables.TopicSums, made)


def _chosen(name, numbers, n_topics):
    numbers = list(numbers)
    wrong = [n for n in numbers if isinstance(n, bool) or not isinstance(n, Integral) or not 0 <= n < n_topics]
    if not isinstance(name, str) or not name or not numbers or wrong or len(set(numbers)) < len(numbers):
        raise TopicsError(
            f"of expects different topics from 0 to {n_topics - 1} by the name of their sum; found {name!r}: {numbers}."
        )
    return sorted(map(int, numbers))


def _by_counting(groups, values, random_state, n_draws, level):
    """Means of the columns of ``values`` in each group, as written and as printed, with their bounds."""
    made = []
    for counting in tables.COUNTINGS:
        cells = groups.cells(values, counting)
        low, high = cells.bounds(random_state, n_draws, level)
        found = {"counting": counting, "share": cells.shares().ravel(), "low": low.ravel(), "high": high.ravel()}
        made.append(pd.DataFrame(groups.columns(values.shape[1]) | found))
    return pd.concat(made, ignore_index=True)


class _Groups:
    """The group and the story of each document."""

    def __init__(self, ids, documents, clusters, by):
        self.told = stories(ids, clusters)
        self.names, self.of_group = np.unique(_groups(documents, ids, by), return_inverse=True)

    def cells(self, values, counting):
        weights = np.ones(len(values)) if counting == "printed" else 1 / self.told.sizes[self.told.of_document]
        return _Cells(values, weights, self.of_group, self.told)

    def columns(self, n_columns):
        """Group, place and numbers of documents and stories, for each group and each column."""
        keys = np.unique(np.stack([self.of_group, self.told.of_document]), axis=1)
        n_stories = np.bincount(keys[0], minlength=len(self.names))
        columns = {"group": self.names, "n_documents": np.bincount(self.of_group), "n_stories": n_stories}
        columns = {name: np.repeat(each, n_columns) for name, each in columns.items()}
        return columns | {"topic": np.tile(np.arange(n_columns), len(self.names))}


class _Cells:
    """Mass and weight of each story in each group it stands in."""

    def __init__(self, values, weights, of_group, told):
        keys, of_cell = np.unique(np.stack([of_group, told.of_document]), axis=1, return_inverse=True)
        self.of_group, self.of_story = keys
        self.n_stories = len(told.sizes)
        self.mass = np.zeros((keys.shape[1], values.shape[1] + 1))
        # The last column is the weight itself, so that one product gives both.
        np.add.at(self.mass, of_cell.ravel(), np.column_stack([values * weights[:, None], weights]))
        self.edges = np.append(np.flatnonzero(np.diff(self.of_group, prepend=-1)), len(self.of_group))

    def shares(self):
        """Groups × columns."""
        sums = np.add.reduceat(self.mass, self.edges[:-1], axis=0)
        return np.minimum(sums[:, :-1] / sums[:, -1:], 1)

    def bounds(self, random_state, n_draws, level, less=None):
        """(low, high), each groups × columns, of the shares, or of what they are more than those of ``less``."""
        shape = len(self.edges) - 1, self.mass.shape[1] - 1
        found = np.full((2, *shape), np.nan)
        if level is None:
            return found
        several = np.diff(self.edges) > 1
        for block in blocks(shape[1], n_draws * shape[0]):
            measured = partial(self._drawn, block=block, less=less)
            draws = drawn(measured, random_state, n_draws=n_draws, n_stories=self.n_stories)
            found[:, several, block] = bounds(draws[:, several], level, least=-1.0 if less else 0.0)
        return found

    def _drawn(self, times, block, less):
        """Draws × groups × columns of a block; NaN for a group of which no story was drawn."""
        made = []
        for begin, end in pairwise(self.edges):
            own = times[:, self.of_story[begin:end]]
            made.append(self._means(own, slice(begin, end), block))
            if less:
                made[-1] -= less._means(own, slice(begin, end), block)
        return np.stack(made, axis=1)

    def _means(self, times, cells, block):
        with np.errstate(invalid="ignore"):
            return times @ self.mass[cells, block] / (times @ self.mass[cells, -1:])


def _groups(documents, ids, by):
    """The group of each document, "" where it is not stated."""
    documents = documents_of(ids, documents)
    if by is None:
        return np.full(len(ids), "", dtype=object)
    if by in ("month", "day"):
        return documents["published"].dt.strftime({"month": "%Y-%m", "day": "%Y-%m-%d"}[by]).fillna("").to_numpy(str)
    if by not in documents.columns:
        raise TopicsError(f"by is month, day or a column of documents; found {by!r}, not in {list(documents.columns)}.")
    return documents[by].astype("string").fillna("").to_numpy(str)
