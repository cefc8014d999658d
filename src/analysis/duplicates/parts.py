"""Parts: what one task of a search writes, and the pairs read back from them.

A part is a Parquet file that is renamed when it is whole, and says of itself what was looked for and in which blocks.
So what was done stays done, whatever becomes of the process, the worker or the machine.
"""

import io
import json
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from analysis import tables
from analysis.duplicates import blocks, pairs
from analysis.duplicates.archive import ArchiveError
from analysis.duplicates.files import Folder

FIND = "_find.json"  # what was looked for, and, once all parts are whole, their names; readers of Parquet skip it
_FORMAT = 1
_NOTE = b"analysis"  # the key in a part under which it says what it is


class PartError(RuntimeError):
    """A task failed; the message names its blocks."""


class Task(NamedTuple):
    """Two blocks to be compared, and the part that is to come of it."""

    part: str
    output: str
    first: blocks.Place
    second: blocks.Place
    search: blocks.Search

    @property
    def note(self):
        """What a part says of itself: what was looked for, and in which blocks, whose names tell their bytes."""
        return options(self.search) | {"blocks": [self.first.file, self.second.file]}


def options(search):
    """Return what decides which pairs are found, as JSON can say it."""
    window = search.scope.window
    return {
        "format": _FORMAT,
        "threshold": search.threshold,
        "window": None if window is None else window.isoformat(),
        "across": search.scope.across,
        "within": search.scope.within,
        "vocabulary": search.ranks[1],
    }


def written(task):
    """Write a part unless it is there; return its name, number of pairs, and what was left out of its blocks."""
    try:
        found = _whole(task) or _compared(task)
    except Exception as error:
        raise PartError(
            f"{task.part} of {task.first.file} and {task.second.file} failed: {type(error).__name__}: {error} "
            "Parts that are whole are kept; call again to go on."
        ) from error
    return task.part, *found


def _whole(task):
    """Return number of pairs and what was left out as the part that is there says, or None."""
    try:
        with Folder(task.output).open(task.part) as stream:
            about = pq.read_metadata(stream)
    except FileNotFoundError:
        return None
    note = json.loads((about.metadata or {}).get(_NOTE, b"{}"))
    left_out = note.pop("left_out", None)
    if note != task.note:
        raise ArchiveError(
            f"{task.output} holds this part of another search: expected {task.note}, found {note or 'nothing'}. "
            "Write to another folder, or remove this one."
        )
    return about.num_rows, left_out


def _compared(task):
    first = blocks.prepared(task.first, task.search)
    second = first if task.first == task.second else blocks.prepared(task.second, task.search)
    left_out = [[side.n_rows, side.left_out] for side in (first, second)]
    note = json.dumps(task.note | {"left_out": left_out})
    n_pairs = 0
    with (
        Folder(task.output).writing(task.part) as stream,
        pq.ParquetWriter(stream, blocks.SCHEMA.with_metadata({_NOTE: note}), compression="zstd") as writer,
    ):
        for group in blocks.compare(first, second, task.search):
            writer.write_table(group, row_group_size=len(group))
            n_pairs += len(group)
    return n_pairs, left_out


def read_parts(output, *, memory=None):
    """Return all pairs that ``find_stored``, or ``find`` with ``output``, wrote to a folder.

    Parameters
    ----------
    output : path or URL
    memory : str or int, optional
        As for ``duplicates.find``.

    Returns
    -------
    DataFrame of ``tables.Pairs``

    Raises
    ------
    ArchiveError
        The search is not finished, or a part is missing or has another number of rows.
    TooManyPairsError
        They do not fit into memory.
    """
    folder = Folder(output)
    about = folder.read_json(FIND)
    if about is None or "parts" not in about:
        raise ArchiveError(
            f"Expected the pairs of a finished search in {folder.url}; found "
            f"{'none' if about is None else 'one that was interrupted'}. Call find_stored, or find with output=, "
            "with the same options: it goes on where it stopped."
        )
    n_pairs, fitting = sum(about["parts"].values()), pairs.limit(memory)
    if n_pairs > fitting:
        raise pairs.TooManyPairsError(
            f"{folder.url} holds {n_pairs:,} pairs; {fitting:,} fit into memory. Read its Parquet files one by one, or "
            "allow more with memory=."
        )
    parts = [blocks.SCHEMA.empty_table(), *(_read(folder, *each) for each in about["parts"].items())]
    return tables.check(tables.Pairs, pa.concat_tables(parts).to_pandas())


def _read(folder, part, n_pairs):
    try:
        read = pq.read_table(io.BytesIO(folder.read(part))).replace_schema_metadata(None)
    except FileNotFoundError:
        read = None
    if read is None or read.num_rows != n_pairs:
        raise ArchiveError(
            f"Expected {n_pairs} pairs in {part} of {folder.url}; found "
            f"{'no such file' if read is None else f'{read.num_rows}'}. Remove it and call find_stored again."
        )
    return read
