"""What a quantity is of beyond its value: where, when, who and by what, and from whom its words are copied."""

from collections import defaultdict

import pandas as pd

from analysis.claims import places
from analysis.claims.means import means_of
from analysis.claims.readings import STATED, Reading, days_of, likely_days_of
from analysis.claims.who import who_of


class Settings:
    """What the documents of quantities tell of their setting.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents``
    clusters : DataFrame of ``tables.Clusters``
    shared_passages : DataFrame of ``tables.SharedPassages`` or None
    """

    def __init__(self, documents, clusters, shared_passages):
        self._texts = dict(zip(documents["document_id"], documents["text"], strict=True))
        self._stories = dict(zip(clusters["document_id"], clusters["representative"], strict=True))
        self._copied = defaultdict(list)
        if shared_passages is not None:
            for row in shared_passages[~shared_passages["quoted"]].itertuples(index=False):
                name = (row.a, row.b, row.a_start)
                self._copied[row.a].append((row.a_start, row.a_end, name))
                self._copied[row.b].append((row.b_start, row.b_end, name))

    def reading(self, row):
        """The ``Reading`` of one quantity, a row with the columns of ``tables.Quantities`` and ``written``."""
        return Reading(
            rows=[row],
            place=places.place_of(row.place),
            firm=row.place_basis in STATED,
            days=days_of(row),
            likely=likely_days_of(row),
            who=who_of(row.counted),
            means=means_of(self._texts[row.document_id], row.start, row.end),
            written=None if pd.isna(row.written) else row.written.toordinal(),
            story=self._stories[row.document_id],
            texts=self._texts_of(row),
        )

    def _texts_of(self, row):
        copied = {
            name for start, end, name in self._copied.get(row.document_id, ()) if start <= row.start and row.end <= end
        }
        return {self._stories[row.document_id], *copied}
