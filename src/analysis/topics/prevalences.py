"""The verb ``prevalence``: how much of an outlet, a month or a corpus belongs to each topic, with intervals."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.errors import TopicsError, refuse_seed, refuse_whole
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
    level : float between 0 and 1, default 0.95

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
    refuse_seed(random_state)
    refuse_whole("n_draws", n_draws, least=1)
    if not 0 < level < 1:
        raise TopicsError(f"level expects a share between 0 and 1, such as 0.95; found {level!r}.")
    ids, shares = share_matrix(document_topics)
    told = stories(ids, clusters)
    names, of_group = np.unique(_groups(documents, ids, by), return_inverse=True)
    made = []
    for counting in tables.COUNTINGS:
        weights = np.ones(len(ids)) if counting == "printed" else 1 / told.sizes[told.of_document]
        cells = _Cells(shares, weights, of_group, told.of_document)
        drawn = cells.drawn(np.random.default_rng(random_state), n_draws, len(told.sizes))
        made.append(_table(names, counting, cells, drawn, level))
    return tables.check(tables.TopicPrevalence, pd.concat(made, ignore_index=True))


class _Cells:
    """Mass and weight of each story in each group it stands in."""

    def __init__(self, shares, weights, of_group, of_story):
        keys, of_cell, self.n_documents = np.unique(
            np.stack([of_group, of_story]), axis=1, return_inverse=True, return_counts=True
        )
        self.of_group, self.of_story = keys
        self.mass = np.zeros((keys.shape[1], shares.shape[1] + 1))
        # The last column is the weight itself, so that one sum gives both.
        np.add.at(self.mass, of_cell.ravel(), np.column_stack([shares * weights[:, None], weights]))
        self.begins = np.flatnonzero(np.diff(self.of_group, prepend=-1))

    def shares(self, times=None):
        """Groups × topics; NaN for a group of which no story was drawn."""
        mass = self.mass if times is None else self.mass * times[self.of_story][:, None]
        sums = np.add.reduceat(mass, self.begins, axis=0)
        with np.errstate(invalid="ignore"):
            return sums[:, :-1] / sums[:, -1:]

    def drawn(self, generator, n_draws, n_stories):
        """Draws × groups × topics, of stories drawn with replacement."""
        even = np.full(n_stories, 1 / n_stories)
        return np.stack([self.shares(generator.multinomial(n_stories, even)) for _ in range(n_draws)])


def _table(names, counting, cells, drawn, level):
    found = np.minimum(cells.shares(), 1)
    n_groups, n_topics = found.shape
    n_stories = np.bincount(cells.of_group, minlength=n_groups)
    bounds = [_quantiles(drawn, share, n_stories) for share in ((1 - level) / 2, (1 + level) / 2)]
    columns = {
        "group": np.repeat(names, n_topics),
        "topic": np.tile(np.arange(n_topics), n_groups),
        "counting": counting,
        "share": found.ravel(),
        "low": bounds[0].ravel(),
        "high": bounds[1].ravel(),
        "n_documents": np.repeat(np.bincount(cells.of_group, weights=cells.n_documents).astype(int), n_topics),
        "n_stories": np.repeat(n_stories, n_topics),
    }
    return pd.DataFrame(columns)


def _quantiles(drawn, share, n_stories):
    """A quantile of the draws in which a group has a story; NaN for a group of one."""
    found = np.full(drawn.shape[1:], np.nan)
    for group in np.flatnonzero(n_stories > 1):
        each = drawn[:, group]
        each = each[~np.isnan(each[:, 0])]
        if len(each):
            found[group] = np.clip(np.quantile(each, share, axis=0), 0, 1)
    return found


def _groups(documents, ids, by):
    """The group of each document, "" where it is not stated."""
    documents = tables.check(tables.Documents, documents).set_index("document_id")
    if len(strangers := np.setdiff1d(ids.astype(str), documents.index.to_numpy(dtype=str))):
        raise TopicsError(
            f"Expected the documents that the topics are of; {str(strangers[0])!r} is not among them, and "
            f"{len(strangers)} such documents in all."
        )
    documents = documents.loc[ids]
    if by is None:
        return np.full(len(ids), "", dtype=object)
    if by in ("month", "day"):
        return documents["published"].dt.strftime({"month": "%Y-%m", "day": "%Y-%m-%d"}[by]).fillna("").to_numpy(str)
    if by not in documents.columns:
        raise TopicsError(f"by is month, day or a column of documents; found {by!r}, not in {list(documents.columns)}.")
    return documents[by].astype("string").fillna("").to_numpy(str)
