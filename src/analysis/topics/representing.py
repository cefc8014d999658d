"""What a topic looks like in print: the documents and the passages that have most of it, one for each story."""

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.errors import TopicsError, refuse_whole
from analysis.topics.joining import documents_of
from analysis.topics.model import known_columns
from analysis.topics.shares import share_matrix
from analysis.topics.stories import stories

_SAID = ["outlet", "published"]


def representatives(document_topics, documents, clusters, *, n=3):
    """Return the documents that have most of each topic, one for each story.

    A story is shown by the representative of its cluster, the earliest, and ranks by the share of that document; of
    equals the one with more words comes first, then the one with the first id. What has most of a topic is its purest
    case, not its usual one: a short report of one thing has a larger share than a long one of several.

    Parameters
    ----------
    document_topics : DataFrame of ``tables.DocumentTopics``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    n : int, default 3
        Documents for each topic; fewer where fewer stories have any of it.

    Returns
    -------
    DataFrame of ``tables.TopicDocuments``
        ``n_documents`` is the number of documents that tell the story.

    Raises
    ------
    TopicsError
        The tables are of other documents.
    """
    refuse_whole("n", n, least=1)
    ids, shares = share_matrix(document_topics)
    told, known = stories(ids, clusters), documents_of(ids, documents)
    places = np.searchsorted(ids.astype(str), told.representatives.astype(str))
    n_words = known["text"].str.split().str.len().to_numpy()
    rows = []
    for topic in range(shares.shape[1]):
        best = np.lexsort((places, -n_words[places], -np.round(shares[places, topic], 9)))[:n]
        rows.append(pd.DataFrame({"topic": topic, "rank": np.arange(1, len(best) + 1), "story": best}))
    found = pd.concat(rows, ignore_index=True)
    at = places[found["story"]]
    found = found.assign(document_id=ids[at], share=shares[at, found["topic"]], n_documents=told.sizes[found["story"]])
    found = found.join(known[[*_SAID, "title"]].iloc[at].reset_index(drop=True)).drop(columns="story")
    return tables.check(tables.TopicDocuments, found[found["share"] > 0])


def representative_passages(model, matrix, passages, documents, clusters, *, n=3, min_terms=8):
    """Return the passages that have most of each topic, one for each story, by folding each of them in.

    A passage is given shares of the topics by itself, as if it were a document. Of equals the one with more terms comes
    first, then the one with the first id and place. Where the same words stand in several stories they are shown once.

    Parameters
    ----------
    model : topics.Model
        A fitted model, of documents or of passages.
    matrix : DocumentTermMatrix
        Counts of the passages, ``terms.count(passages)``, with the options of the matrix that was fitted.
    passages : DataFrame of ``tables.Passages``
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    n : int, default 3
        Passages for each topic; fewer where fewer stories have one.
    min_terms : int, default 8
        A passage with fewer different terms that the model knows is left out: two words can be all of a topic.

    Returns
    -------
    DataFrame of ``tables.TopicPassages``

    Raises
    ------
    TopicsError
        The matrix is not of these passages, or the tables are of other documents.
    """
    refuse_whole("n", n, least=1)
    refuse_whole("min_terms", min_terms, least=1)
    passages = tables.check(tables.Passages, passages)
    _refuse_other_rows(matrix, passages)
    known = documents_of(np.unique(passages["document_id"].to_numpy(dtype=str)), documents)
    n_terms = np.diff(known_columns(model.learned_.terms, matrix).indptr)
    long = np.flatnonzero(n_terms >= min_terms)
    shares = _folded_in(model, matrix, long)
    story = _story_of(passages["document_id"], documents, clusters)
    rows, texts = [], passages["text"].to_numpy()
    for topic in range(shares.shape[1]):
        order = np.lexsort((long, -n_terms[long], -np.round(shares[:, topic], 9)))
        best = _distinct(order[shares[order, topic] > 0], long, story, texts, n)
        ranks = {"topic": topic, "rank": np.arange(1, len(best) + 1)}
        rows.append(pd.DataFrame(ranks | {"place": long[best], "share": shares[best, topic]}))
    found = pd.concat(rows, ignore_index=True)
    said = passages.iloc[found.pop("place")].reset_index(drop=True)
    return tables.check(tables.TopicPassages, found.join(said).join(known[_SAID], on="document_id"))


def _refuse_other_rows(matrix, passages):
    same = np.array_equal(matrix.document_ids.astype(str), passages["document_id"].to_numpy(dtype=str))
    if not same:
        raise TopicsError(
            f"Expected a matrix of these passages, a row for each; found {len(matrix.document_ids)} rows and "
            f"{len(passages)} passages. Make it with terms.count(passages)."
        )


def _folded_in(model, matrix, places):
    """Passages × topics: each row is a document of its own."""
    if not len(places):
        return np.zeros((0, len(model.learned_.topic_terms)))
    names = np.array([f"{number:012}" for number in range(len(places))], dtype=object)
    return model.shares(tables.DocumentTermMatrix(matrix.weights[places], names, matrix.terms))[1]


def _story_of(document_ids, documents, clusters):
    """The story of each passage, as a number."""
    ids = np.unique(documents["document_id"].to_numpy(dtype=str))
    return stories(ids, clusters).of_document[np.searchsorted(ids, document_ids.to_numpy(dtype=str))]


def _distinct(order, places, story, texts, n):
    """The first ``n`` of an order, no story and no wording twice."""
    kept, seen = [], set()
    for one in order:
        place = places[one]
        marks = {story[place], " ".join(texts[place].lower().split())}
        if not marks & seen:
            kept.append(one)
            seen |= marks
            if len(kept) == n:
                break
    return np.array(kept, dtype=int)
