"""Weighted documents written to an archive, block after block, and what is refused before anything is written."""

import hashlib
import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis import tables
from analysis.duplicates.archive import FORMAT, OWN, Archive, ArchiveError, described, digest
from analysis.duplicates.files import Folder
from analysis.duplicates.scope import Scope, side

ROWS = 32_768  # of a block at most: about 100 MB of weights, one task's work some seconds
_MOMENT = pa.timestamp("us", tz="UTC")
# Rising numbers are small differences; of weights, the bytes of the exponents are alike.
_ENCODINGS = {"terms": "DELTA_BINARY_PACKED", "weights": "BYTE_STREAM_SPLIT"}


def store(matrix, documents, path, *, columns=()):
    """Write weighted documents to an archive, or add them to the one that is there.

    Parameters
    ----------
    matrix : DocumentTermMatrix
        Rows of unit length, one for each document, as ``terms.weigh`` makes them. What is added later must be weighed
        alike: ``terms.weigh(documents, weighting=…)``.
    documents : DataFrame of ``tables.Documents``
    path : path or URL
        A folder of its own: local, or of any storage that fsspec knows.
    columns : list of str, optional
        Columns of documents to keep, such as ``["outlet"]``: what ``across`` and ``within`` will ask for.

    Returns
    -------
    Archive
        With all that is in it now. Blocks that were there are as they were; the same documents give the same bytes, in
        whatever order they come.

    Raises
    ------
    ArchiveError
        The archive keeps other columns, or another process wrote to it at the same time.
    ValueError, tables.TableError
        A column is missing, matrix and documents do not fit together, the terms are not those of the archive, or a
        document is in the archive already. Nothing is written then.
    """
    rows = _sorted_rows(matrix, documents, sorted({columns} if isinstance(columns, str) else set(columns)))
    folder = Folder(path)
    former = described(folder)
    about = former or _new(matrix, rows)
    _refuse_others(about, matrix, rows, folder)
    written = []
    try:
        if former is None:
            folder.write("terms.parquet", _parquet(_ranked(matrix)))
        for begin in range(0, rows.num_rows, ROWS):
            written.append(_write_block(folder, rows.slice(begin, ROWS), len(about["blocks"]) + len(written)))
        if described(folder) != former:
            raise ArchiveError(f"Another process wrote to {folder.url} meanwhile. Store one after the other.")
        folder.write_json("archive.json", about | {"blocks": about["blocks"] + written})
    except BaseException:
        _withdraw(folder, written)
        raise
    finally:
        folder.sweep()
    return Archive(folder.url)


def _withdraw(folder, written):
    """Remove the blocks that ``archive.json`` does not name; an interrupt may come when it already does."""
    about = described(folder) or {"blocks": []}
    for file in {block["file"] for block in written} - {block["file"] for block in about["blocks"]}:
        folder.remove(file)


def _sorted_rows(matrix, documents, columns):
    """Return what is stored as one table, in the order of (published, document_id), undated documents last."""
    if missing := [name for name in columns if name not in documents.columns]:
        raise ValueError(
            f"columns names columns of documents; found no {missing[0]!r} among {', '.join(documents.columns)}."
        )
    if clash := set(columns) & set(OWN):
        raise ValueError(
            f"columns names what is kept beside {', '.join(OWN)}; found {min(clash)!r}, which an archive has anyway."
        )
    side(matrix, documents, Scope(None, None, None))
    about = documents.iloc[pd.Index(documents["document_id"]).get_indexer(matrix.document_ids)]
    published = about["published"].to_numpy(dtype="datetime64[us]")
    order = np.argsort(published, kind="stable")  # numpy puts what is not a time last, and the ids rise already
    weights = matrix.weights[order]
    kept = {
        "document_id": pa.array(about["document_id"].to_numpy(dtype=object)[order], pa.string()),
        "published": pa.array(published[order], pa.timestamp("us")).cast(_MOMENT),
        **{name: _column(about[name].iloc[order]) for name in columns},
    }
    offsets = pa.array(weights.indptr, pa.int64())
    for name, values, kind in (("terms", weights.indices, pa.int32()), ("weights", weights.data, pa.float64())):
        kept[name] = pa.LargeListArray.from_arrays(offsets, pa.array(values, kind))
    return pa.table(kept)


def _column(values):
    try:
        column = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise tables.TableError(
            f"Expected values of one kind in the column {values.name!r}; {error}. Make them text, for instance."
        ) from None
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column


def _new(matrix, rows):
    columns = {field.name: str(field.type) for field in rows.schema if field.name not in OWN}
    return {
        "format": FORMAT,
        "columns": columns,
        "n_terms": len(matrix.terms),
        "vocabulary": _vocabulary(matrix),
        "blocks": [],
    }


def _vocabulary(matrix):
    return hashlib.sha256(json.dumps(matrix.terms.tolist(), ensure_ascii=False).encode()).hexdigest()


def _refuse_others(about, matrix, rows, folder):
    """Refuse what does not fit to what is stored already."""
    if about["vocabulary"] != _vocabulary(matrix):
        raise tables.TableError(
            f"Expected the terms of the archive in {folder.url}; it has {about['n_terms']}, the matrix "
            f"{len(matrix.terms)}. Weigh what is added as the archive was: terms.weigh(documents, weighting=…)."
        )
    found = _new(matrix, rows)["columns"]
    if about["columns"] != found:
        raise ArchiveError(
            f"Expected the columns of the archive in {folder.url}: {_spelled(about['columns'])}; "
            f"found {_spelled(found)}. Give the same columns=, or store everything anew in another folder."
        )
    _refuse_known(folder, about["blocks"], rows["document_id"])


def _spelled(columns):
    return ", ".join(f"{name} ({kind})" for name, kind in columns.items()) or "none"


def _refuse_known(folder, blocks, document_ids):
    """Refuse documents that are in one of the blocks; only blocks whose ids overlap are looked into."""
    own = pd.Index(document_ids.to_numpy(zero_copy_only=False).astype(object))
    for block in blocks:
        if len(own) and block["ids"][0] <= own.max() and own.min() <= block["ids"][1]:
            with folder.open(block["file"]) as stream:
                known = pq.read_table(stream, columns=["document_id"])["document_id"].to_pandas()
            shared = own.intersection(pd.Index(known))
            if len(shared):
                raise tables.TableError(
                    f"Expected documents that are not yet in the archive in {folder.url}; {len(shared)} are in its "
                    f"{block['file']}, first {shared.min()!r}. Leave them out."
                )


def _ranked(matrix):
    # The ranks of the first corpus serve all later ones: they steer the search and no score depends on them.
    from analysis._join import rows

    ranks = rows.ranks(matrix.weights) if matrix.weights.nnz else np.arange(len(matrix.terms), dtype=np.int32)
    return pa.table({"term": pa.array(matrix.terms.tolist(), pa.string()), "rank": ranks})


def _write_block(folder, rows, number):
    content = _parquet(rows.cast(_narrow(rows.schema)))
    name = f"block-{number:05}-{digest(content)}.parquet"
    folder.write(name, content)
    dated = rows["published"].drop_null()
    ids = sorted(rows["document_id"].to_pylist())
    return {
        "file": name,
        "n_rows": rows.num_rows,
        "published": [dated[place].as_py().isoformat() for place in (0, -1)] if len(dated) else None,
        "ids": [ids[0], ids[-1]],
    }


def _narrow(schema):
    """Of a block, offsets into its lists fit 32 bits."""
    kinds = {"terms": pa.list_(pa.int32()), "weights": pa.list_(pa.float64())}
    return pa.schema([(field.name, kinds.get(field.name, field.type)) for field in schema])


def _parquet(table):
    stream = io.BytesIO()
    lists = [name for name in ("terms", "weights") if name in table.column_names]
    pq.write_table(
        table,
        stream,
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name not in lists],
        column_encoding={f"{name}.list.element": _ENCODINGS[name] for name in lists} or None,
        row_group_size=max(table.num_rows, 1),
    )
    return stream.getvalue()
