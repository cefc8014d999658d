"""Documents beside the topics that are of them."""

import numpy as np

from analysis import tables
from analysis.topics.errors import TopicsError


def documents_of(ids, documents):
    """Return the rows of ``documents`` that have these ids, in their order, by id.

    Raises
    ------
    TopicsError
        The topics are of documents that are not there.
    """
    found = tables.check(tables.Documents, documents).set_index("document_id")
    if len(strangers := np.setdiff1d(ids.astype(str), found.index.to_numpy(dtype=str))):
        raise TopicsError(
            f"Expected the documents that the topics are of; {str(strangers[0])!r} is not among them, and "
            f"{len(strangers)} such documents in all."
        )
    return found.loc[ids]
