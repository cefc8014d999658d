"""The verb ``dose``: the experiment with copies as a notebook asks for it, or none."""

from analysis import tables
from analysis.topics.injection import inject
from analysis.topics.stories import stories


def dose(matrix, clusters, *, copies, n_stories=10, lost=0.1, **options):
    """Return what rising numbers of copies do to topics; where no number is asked for, a table with no rows.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Counts from ``terms.count``.
    clusters : DataFrame of ``tables.Clusters``
    copies : sequence of int
        How many copies each story gets; nothing is fitted where it is empty.
    n_stories : int, default 10
        How many stories are copied, at most as many as there are.
    lost : float, default 0.1
        The share of the tokens that each copy loses, since real copies are edited.
    **options
        As in ``inject``.

    Returns
    -------
    DataFrame of ``tables.TopicInjection``
    """
    if not len(copies):
        return tables.empty(tables.TopicInjection)
    most = len(stories(sorted(set(matrix.document_ids)), clusters).sizes)
    return inject(matrix, clusters, stories=[min(n_stories, most)], copies=copies, lost=lost, **options)
