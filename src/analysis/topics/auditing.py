"""The verb ``audit``: how many stories a topic rests on, and what copies make of its share."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.errors import TopicsError
from analysis.topics.shares import share_matrix
from analysis.topics.stories import concentration, stories

OWNED = 0.25  # the share of a topic's mass above which one story owns it


def audit(document_topics, clusters, documents=None, *, counting="printed"):
    """Return for each topic on how many distinct stories it rests, and which has most of it.

    Parameters
    ----------
    document_topics : DataFrame of ``tables.DocumentTopics``
    clusters : DataFrame of ``tables.Clusters``
        Of the same documents.
    documents : DataFrame of ``tables.Documents``, optional
        For the headlines.
    counting : "printed" or "written"
        What the mass of a story is: the shares of all its copies, as a model sees it that was fitted without weights,
        or their mean, as one sees it that was fitted with ``weights=clusters``.

    Returns
    -------
    DataFrame of ``tables.TopicAudit``
        ``written`` and ``printed`` are the shares of the topic in the corpus with each story counted once, and with
        each copy; their difference is what copies make of its share. ``n_effective`` is the number of equally large
        stories that would be as diverse (inverse Simpson), ``largest_share`` the share of the largest story, named by
        ``representative`` and ``title``, which has ``n_documents`` documents. ``owned`` says that it has more than a
        quarter. NaN and "" for a topic in no document.

    Raises
    ------
    TopicsError
        The clusters are of other documents, or there is no such counting.
    """
    if counting not in tables.COUNTINGS:
        raise TopicsError(f"counting is 'printed' or 'written'; found {counting!r}.")
    ids, shares = share_matrix(document_topics)
    told = stories(ids, clusters)
    printed = np.zeros((len(told.sizes), shares.shape[1]))
    np.add.at(printed, told.of_document, shares)
    written = printed / told.sizes[:, None]
    effective, largest, place = concentration(written if counting == "written" else printed)
    owners = np.where(place >= 0, told.representatives[place], "")
    columns = {
        "topic": np.arange(shares.shape[1]),
        "written": written.sum(axis=0) / len(written),
        "printed": printed.sum(axis=0) / len(ids),
        "n_effective": effective,
        "largest_share": largest,
        "owned": largest > OWNED,
        "representative": owners,
        "n_documents": np.where(place >= 0, told.sizes[place], 0),
        "title": _titles(owners, documents),
    }
    return tables.check(tables.TopicAudit, pd.DataFrame(columns))


def _titles(document_ids, documents):
    if documents is None:
        return [""] * len(document_ids)
    titles = tables.check(tables.Documents, documents).set_index("document_id")["title"]
    return titles.reindex(document_ids).fillna("").to_numpy()
