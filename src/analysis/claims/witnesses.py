"""Who speaks for himself: documents counted once for each cluster and each passage copied word for word."""

from collections import defaultdict

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components


class Witnesses:
    """Which documents speak for themselves: one witness for each cluster, and for each passage copied word for word."""

    def __init__(self, clusters, shared_passages):
        self._representative = dict(zip(clusters["document_id"], clusters["representative"], strict=True))
        self._copied = defaultdict(lambda: defaultdict(list))
        if shared_passages is not None:
            for row in shared_passages[~shared_passages["quoted"]].itertuples(index=False):
                self._copied[row.a][row.b].append(row)

    def of(self, rows):
        """Witness of each document of ``rows``: the first representative of those that speak as one.

        Returns
        -------
        dict of str to str
        """
        places = defaultdict(list)
        for row in rows:
            places[row.document_id].append(row)
        names = sorted({self._representative[document_id] for document_id in places})
        number = {name: index for index, name in enumerate(names)}
        edges = [(number[self._representative[a]], number[self._representative[b]]) for a, b in self._copies(places)]
        first = dict(zip(names, _first_of_component(names, edges), strict=True))
        return {document_id: first[self._representative[document_id]] for document_id in places}

    def _copies(self, places):
        """Pairs of documents that state the quantity in one passage which they share."""
        for a in places:
            for b in self._copied[a].keys() & places.keys() if a in self._copied else ():
                if any(_holds(passage, places[a], places[b]) for passage in self._copied[a][b]):
                    yield a, b


def _first_of_component(names, edges):
    """For each of ``names``, which are sorted, the first that it is joined with."""
    if not edges:
        return names
    one, other = np.array(edges).T
    graph = sparse.coo_array((np.ones(len(edges)), (one, other)), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    return [names[first[number]] for number in component]


def _holds(passage, rows_a, rows_b):
    return any(passage.a_start <= row.start and row.end <= passage.a_end for row in rows_a) and any(
        passage.b_start <= row.start and row.end <= passage.b_end for row in rows_b
    )
