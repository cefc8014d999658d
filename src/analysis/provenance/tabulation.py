"""Tables as bytes: Parquet, which gives back what was saved, and CSV for people.

Refuses a table that would not come back as it is. Knows no folder and no record: a table goes in, bytes come out.
"""

import csv
import io

from analysis.provenance.origin import ProvenanceError


def is_table(thing):
    """Whether ``thing`` is a pandas.DataFrame."""
    import pandas as pd

    return isinstance(thing, pd.DataFrame)


def as_parquet(table, name):
    """Bytes of a table as Parquet.

    Raises
    ------
    ProvenanceError
        The table has a column of more than one kind, or one that would come back as another kind.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    try:
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), stream, compression="zstd")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as fault:
        reason = " ".join(str(part) for part in fault.args)
        raise ProvenanceError(f"{name} has a column of more than one kind: {reason}. Give it one kind.") from fault
    content = stream.getvalue()
    _refuse_changed_kinds(table, content, name)
    return content


def as_csv(table):
    """Bytes of a table as CSV: UTF-8, a header, quotes only where they are needed."""
    # pandas writes the shortest digits that give the same float back, as repr does.
    return table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).encode("utf-8")


def refuse_table(table, name):
    """Refuse a table whose column names or index would not be in its files."""
    odd = [column for column in table.columns if not isinstance(column, str)]
    if odd or table.columns.has_duplicates:
        raise ProvenanceError(f"{name} expects columns with different names, all text; found {list(table.columns)}.")
    # Row numbers are left out without loss; a name or a word in the index is content.
    if table.index.nlevels > 1 or table.index.name is not None or table.index.dtype.kind not in "iu":
        raise ProvenanceError(f"{name} has an index that would be lost: {table.index.names}. Call reset_index() first.")


def _refuse_changed_kinds(table, content, name):
    import pandas as pd

    again = pd.read_parquet(io.BytesIO(content))
    changed = [c for c in table.columns if table[c].dtype != again[c].dtype]
    if changed:
        listed = ", ".join(f"{c} ({table[c].dtype} becomes {again[c].dtype})" for c in changed)
        raise ProvenanceError(f"{name} has columns that would come back as another kind: {listed}. Use astype() first.")
