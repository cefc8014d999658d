"""Clusters: which documents are prints of one report, by one of three rules, and how far a cluster chains."""

import functools

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from analysis import tables

# With fewer pairs the loop of either rule has ended before numba is imported and has read its compiled code from disk.
_COMPILED_FROM = 500_000


def cluster(pairs, documents, *, method="star"):
    """Group documents of which ``pairs`` says that they resemble each other; every document is kept.

    In all methods a cluster is named by its earliest document, its representative: documents stand from the earliest
    to the latest, those without a date last, those of one moment in the order of their ids. The row order of the tables
    does not matter, nor which of two documents a pair names first.

    Parameters
    ----------
    pairs : DataFrame of ``tables.Pairs``
        All pairs that reach a threshold, as ``find`` returns them. Only ``a``, ``b`` and ``score`` are read.
    documents : DataFrame of ``tables.Documents``
        Only ``document_id`` and ``published`` are read.
    method : {"star", "complete", "components"}
        How much resemblance a cluster asks for:

        ``"star"``
            Every member reaches the threshold with its representative. Documents are taken from the earliest to the
            latest. One that no representative before it resembles becomes a representative; any other joins the
            representative before it that it resembles most, of equals the earliest. So a chain A–B–C in which A and C
            do not resemble each other is not one cluster, and no two representatives resemble each other (star
            clusters; Aslam, Pelekhov & Rus 2004).
        ``"complete"``
            Every member reaches the threshold with every member. Documents are taken from the earliest to the latest.
            One joins a cluster only if it resembles all the members that the cluster has by then; of several such
            clusters the one in which its lowest score is highest, of equals the one whose representative is earliest;
            without any it becomes the representative of a new one. Members never move. No two clusters could be one:
            the later representative would have joined the other's. (A clique, as with complete link, but in the order
            of time and not by merging the closest first; Manning, Raghavan & Schütze 2008, section 17.2.)
        ``"components"``
            Documents joined by any chain of pairs, however long: connected components, which are the clusters of single
            link cut at the threshold. Two members may have nothing in common; ask ``chaining`` how far that went.

    Returns
    -------
    DataFrame of ``tables.Clusters``
        One row for each document. ``score`` is the cosine with the representative, in (0, 1], and 1 where a document
        represents itself. With ``"components"`` it is NaN where a member does not reach the threshold with its
        representative; with the other methods that cannot be.

    Raises
    ------
    ValueError
        ``method`` is none of the three.
    tables.TableError
        A column is missing, an id of ``documents`` or a pair stands twice, a pair names a document that is not among
        them or names one document twice, or a score is not in (0, 1].
    """
    if method not in list(_METHODS):
        raise ValueError(f"method is one of {', '.join(map(repr, _METHODS))}; found {method!r}.")
    names = _from_earliest_to_latest(documents)
    resembling = _resembling(pairs, names)
    representative = _METHODS[method](resembling)
    frame = pd.DataFrame(
        {
            "document_id": names,
            "representative": names.take(representative),
            "score": _scores_with(representative, resembling),
        }
    )
    return tables.check(tables.Clusters, frame)


def chaining(clusters, pairs):
    """Say of each cluster of three or more documents how many of its members resemble each other.

    With connected components a cluster may be a chain in which only neighbours resemble each other. Of n documents
    n(n−1)/2 pairs can be made: in a cluster of ``method="complete"`` all of them are in ``pairs``, in one of ``"star"``
    at least n−1, those with the representative. A large cluster with a low share should be read before it is counted
    as one report.

    Parameters
    ----------
    clusters : DataFrame of ``tables.Clusters``
    pairs : DataFrame of ``tables.Pairs``
        The pairs that the clusters were made of. Pairs between two clusters are not counted.

    Returns
    -------
    DataFrame of ``tables.Chaining``
        One row for each cluster of 3 or more, in the order of ``representative``: ``n_documents``; ``n_pairs`` found
        between them; ``share_of_pairs``, n_pairs among all that can be made, in [0, 1]; ``lowest_score`` of the pairs
        found, in (0, 1], NaN where there is none. Smaller clusters cannot chain and are left out.

    Raises
    ------
    tables.TableError
        ``clusters`` is not a table of ``tables.Clusters``, a representative is not among its documents, or ``pairs`` is
        refused as by ``cluster``.
    """
    clusters = tables.check(tables.Clusters, clusters)
    names = clusters["document_id"].array
    within, n_documents = _numbered_clusters(clusters)
    n_pairs, lowest = _found_within(within, _resembling(pairs, names))
    large = np.flatnonzero(n_documents >= 3)
    possible = n_documents[large] * (n_documents[large] - 1) // 2
    chains = pd.DataFrame(
        {
            "representative": names.take(large),
            "n_documents": n_documents[large],
            "n_pairs": n_pairs[large],
            "share_of_pairs": n_pairs[large] / possible,
            "lowest_score": lowest[large],
        }
    )
    return tables.check(tables.Chaining, chains)


# ---- the rules. Each takes the resembling earlier documents of each document and returns places of representatives.


def _star(indptr, earlier, scores):
    """Compiled as it stands for large corpora: plain loops over arrays, and nothing that numba does not know."""
    representative = np.arange(len(indptr) - 1)
    for place in range(len(representative)):
        best, highest = place, 0.0
        for at in range(indptr[place], indptr[place + 1]):
            other = earlier[at]
            # Others stand from the earliest to the latest, and of equals the first is kept.
            if representative[other] == other and scores[at] > highest:
                best, highest = other, scores[at]
        representative[place] = best
    return representative


def _complete(indptr, earlier, scores):
    """Compiled as it stands for large corpora. The work is two visits to each pair, whatever the size of clusters."""
    representative = np.arange(len(indptr) - 1)
    size = np.zeros(len(representative), dtype=np.int64)  # of the cluster of each representative, so far
    met = np.zeros(len(representative), dtype=np.int64)  # members of it that the document at hand resembles
    lowest = np.ones(len(representative))  # score with one of them
    for place in range(len(representative)):
        for at in range(indptr[place], indptr[place + 1]):
            name = representative[earlier[at]]
            met[name] += 1
            lowest[name] = min(lowest[name], scores[at])
        best, highest = place, 0.0
        for at in range(indptr[place], indptr[place + 1]):
            name = representative[earlier[at]]
            better = lowest[name] > highest or (lowest[name] == highest and name < best)
            if better and met[name] == size[name]:  # once for each cluster: at its next member met is 0, size never
                best, highest = name, lowest[name]
            met[name], lowest[name] = 0, 1.0
        representative[place] = best
        size[best] += 1
    return representative


def _greedily(rule, resembling):
    kernel = _compiled(rule) if resembling.nnz >= _COMPILED_FROM else rule
    return kernel(resembling.indptr, resembling.indices, resembling.data)


@functools.cache
def _compiled(rule):
    import numba  # here, because its import takes longer than clustering a small corpus

    return numba.njit(cache=True, nogil=True)(rule)


def _components(resembling):
    _, labels = sparse.csgraph.connected_components(resembling, directed=False)
    _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
    return first[labels]  # places are in the order of time, so the first of a label is its earliest


_METHODS = {
    "star": functools.partial(_greedily, _star),
    "complete": functools.partial(_greedily, _complete),
    "components": _components,
}


# ---- pairs as numbers


def _from_earliest_to_latest(documents):
    _refuse_missing("documents", documents, ["document_id", "published"])
    if (again := documents["document_id"].duplicated()).any():
        name = documents["document_id"][again].min()
        raise tables.TableError(f"documents expects each document_id once; found {name!r} twice.")
    # Of documents as a whole, sorting would copy all texts; ids as text, for categories have an order of their own.
    dated = documents[["published", "document_id"]].astype({"document_id": "str"})
    return dated.sort_values(["published", "document_id"], na_position="last")["document_id"].array


def _resembling(pairs, names):
    """Scores as a matrix of places in ``names``: each pair once, below the diagonal, columns in order within a row."""
    _refuse_missing("pairs", pairs, ["a", "b", "score"])
    scores = pairs["score"].to_numpy(dtype=np.float64)
    _refuse_rows(pairs, ~((scores > 0) & (scores <= 1)), "a score above 0 and at most 1")
    a, b = _places(pairs, names)
    _refuse_rows(pairs, a == b, "two different documents in a pair")
    shape = (len(names), len(names))
    resembling = sparse.coo_array((scores, (np.maximum(a, b), np.minimum(a, b))), shape=shape).tocsr()
    if resembling.nnz < len(pairs):  # tocsr() has added them up
        ends = pd.DataFrame({"earlier": np.minimum(a, b), "later": np.maximum(a, b)})
        _refuse_rows(pairs, ends.duplicated().to_numpy(), "each pair once")
    return resembling


def _places(pairs, names):
    """Places of ``a`` and of ``b`` in ``names``, found by Arrow: no Python object is made for a pair."""
    known = _text(names)
    ends = [_text(pairs[end].array) for end in ("a", "b")]
    places = [pc.index_in(end, value_set=known) for end in ends]
    strangers = [pc.min(end.filter(place.is_null())).as_py() for end, place in zip(ends, places, strict=True)]
    if any(place.null_count for place in places):
        stranger = min((name for name in strangers if name is not None), default=None)
        raise tables.TableError(f"pairs name {stranger!r}, which is not among the {len(names)} documents.")
    return [place.to_numpy() for place in places]


def _text(names):
    """Ids as Arrow text, whichever way pandas kept them; no copy of those that are kept so, as ours are."""
    return pa.array(names.astype("str"), type=pa.large_string())


def _scores_with(representative, resembling):
    """Score of each document with its representative: 1 with itself, NaN where that pair was not found."""
    rows, columns = _ends(resembling)
    with_it = columns == representative[rows]
    scores = np.where(representative == np.arange(len(representative)), 1.0, np.nan)
    scores[rows[with_it]] = resembling.data[with_it]
    return scores


def _ends(resembling):
    """Row and column of each stored score."""
    counts = np.diff(resembling.indptr)
    return np.repeat(np.arange(len(counts), dtype=resembling.indices.dtype), counts), resembling.indices


# ---- what lies within a cluster


def _numbered_clusters(clusters):
    """Place of the representative of each document, and how many documents each place represents."""
    known = _text(clusters["document_id"].array)
    named = _text(clusters["representative"].array)
    places = pc.index_in(named, value_set=known)
    if places.null_count:
        name = pc.min(named.filter(places.is_null())).as_py()
        raise tables.TableError(f"clusters name the representative {name!r}, which is not among their documents.")
    within = places.to_numpy()
    return within, np.bincount(within, minlength=len(within))


def _found_within(within, resembling):
    """How many pairs were found within the cluster of each place, and the lowest score of them."""
    rows, columns = _ends(resembling)
    inside = within[rows] == within[columns]
    own = within[rows[inside]]
    lowest = np.full(len(within), np.inf)
    np.minimum.at(lowest, own, resembling.data[inside])
    return np.bincount(own, minlength=len(within)), np.where(np.isinf(lowest), np.nan, lowest)


# ---- refusals


def _refuse_missing(table, frame, needed):
    if missing := [name for name in needed if name not in frame.columns]:
        found = ", ".join(map(str, frame.columns)) or "no columns"
        raise tables.TableError(f"{table} needs the columns {', '.join(needed)}; {missing[0]!r} is not among {found}.")


def _refuse_rows(pairs, wrong, expected):
    """Name the first such row. ``tables.check`` would say the same, but takes longer on pairs than clustering them."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        a, b, score = (pairs[name].iloc[row] for name in ("a", "b", "score"))
        raise tables.TableError(
            f"pairs expects {expected}; found a={a!r}, b={b!r}, score={score} in row {row}, "
            f"and {wrong.sum()} such rows in all."
        )
