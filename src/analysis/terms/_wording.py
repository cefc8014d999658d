"""The words of documents as Arrow columns, which both ways of counting read, and the order of their rows."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.terms._options import TermsError


class Wording(NamedTuple):
    """Columns of large_string to be read one after the other, and which row comes first, second, … in a matrix."""

    columns: list
    order: np.ndarray
    document_ids: np.ndarray

    def sizes(self):
        """Return the number of bytes of text in each row, as it is stored."""
        return sum(np.asarray(pc.binary_length(column).combine_chunks(), dtype=np.int64) for column in self.columns)

    def slice(self, begin, end):
        """Return rows ``begin`` to ``end``, as they are stored, as one Arrow array; no copy where none is needed."""
        parts = [column.slice(begin, end - begin) for column in self.columns]
        joined = (
            parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, pa.scalar("\n", pa.large_string()))
        )
        return joined.chunk(0) if joined.num_chunks == 1 else pa.concat_arrays(joined.chunks)


def read(documents, *, title):
    """Return the wording of ``documents``: of their ``text``, or of ``title`` and ``text``.

    Raises
    ------
    TermsError
        There is no document, no column ``title`` where it is asked for, or a row without text.
    """
    if title and "title" not in documents:
        raise TermsError("title=True counts the words of a column 'title'; found none. Passages have no titles.")
    if not len(documents):
        raise TermsError("Expected at least one document; found none.")
    columns = [_column(documents, name) for name in (["title", "text"] if title else ["text"])]
    keys = [name for name in ("document_id", "start") if name in documents]
    order = documents[keys].reset_index(drop=True).sort_values(keys, kind="stable").index.to_numpy()
    return Wording(columns, order, documents["document_id"].to_numpy(dtype=object)[order])


def _column(documents, name):
    missing = np.flatnonzero(documents[name].isna())
    if len(missing):
        raise TermsError(
            f"Expected text in every row of the column {name!r}; found none in row {missing[0]}, and in "
            f"{len(missing)} rows in all. Text that is not stated is the empty string."
        )
    try:
        # Through Arrow's own interface: no string is copied or made into a Python object.
        column = pa.chunked_array(documents[name])
    except (pa.ArrowException, UnicodeEncodeError) as fault:
        raise TermsError(f"Expected text in the column {name!r}; found what is no text: {fault}.") from None
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise TermsError(f"Expected text in the column {name!r}; found {column.type}.")
    return column.cast(pa.large_string())
