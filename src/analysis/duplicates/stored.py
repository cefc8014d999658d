"""Pairs of an archive, too many for memory or too long for one machine: found block by block, written part by part.

Each pair of blocks is a task, run by joblib: on this core, on all cores, or on a cluster.
"""

import warnings

import numpy as np
import pandas as pd

from analysis import tables
from analysis.duplicates import blocks, pairs, parts
from analysis.duplicates.archive import Archive, ArchiveError
from analysis.duplicates.files import Folder
from analysis.duplicates.scope import scope
from analysis.duplicates.storing import store

_TOGETHER = 16  # tasks that one worker is sent at most


def find_stored(archive, output, *, threshold, against=None, window=None, across=None, within=None):
    """Write every pair of documents of an archive whose cosine reaches ``threshold`` to Parquet files.

    Blocks that can meet are compared two by two, each two by one core. joblib decides where: on one core; under ``with
    joblib.parallel_config(n_jobs=8)`` on eight; under ``joblib.parallel_config(backend="dask")`` on the cluster of the
    ``dask.distributed.Client`` that was started before (``ray`` and ``spark`` likewise). ``verbose=10`` there shows how
    far it is. Archive and output must lie where all workers find them under the same name. A part that is whole is
    not computed again, so what was interrupted goes on where it stopped when it is called again; and after further
    documents were stored, only what is new is compared.

    Parameters
    ----------
    archive : Archive, path or URL
    output : path or URL
        A folder of its own; local, or of any storage that fsspec knows.
    threshold : float in (0, 1]
    against : Archive, path or URL, optional
        Another archive of other documents with the same terms. Then only pairs of one document from each are written.
    window, across, within : optional
        As for ``duplicates.find``; ``across`` and ``within`` name columns that the archive keeps.

    Returns
    -------
    DataFrame
        One row for each file: ``part``, its name, and ``n_pairs``. A part has the columns ``a``, ``b``, ``score``,
        ``containment`` and ``lag`` of ``tables.Pairs``, ``a < b``, and rows in the order of (a, b). The pairs are those
        of ``duplicates.find`` to the last bit, and each is in one part only.

    Warns
    -----
    SkippedWarning
        Documents were left out, as by ``duplicates.find``.

    Raises
    ------
    ArchiveError
        The folder holds the pairs of another search.
    PartError
        A task failed: a block is missing or damaged, a document is in both archives, a part in the folder is of other
        blocks. The message names the blocks; call again when the cause is removed.
    ValueError, tables.TableError
        An option is out of range, or asks for a column that the archive does not keep.
    """
    import joblib

    pairs.refuse_threshold(threshold)
    sides = [_opened(archive)] if against is None else [_opened(archive), _opened(against)]
    search = _search(sides, threshold, scope(window=window, across=across, within=within))
    folder = Folder(output)
    _begin(folder, search)
    try:
        tasks = list(_tasks(sides, folder.url, search))
        # Neighbours share blocks, so a worker is sent several at once, but not so many that others wait for it.
        together = min(max(len(tasks) // (8 * joblib.effective_n_jobs(None)), 1), _TOGETHER)
        done = joblib.Parallel(batch_size=together)(joblib.delayed(parts.written)(task) for task in tasks)
        found = _ended(folder, search, done)
    finally:
        blocks.forget()
        folder.sweep()
    _say_left_out(done, alone=len(sides) == 1)
    return found


def _opened(archive):
    return archive if isinstance(archive, Archive) else Archive(archive)


def _search(sides, threshold, own):
    for each in sides:
        for option, name in (("across", own.across), ("within", own.within)):
            if name is not None and name != "published" and name not in each.columns:
                raise ValueError(
                    f"{option} names a column that the archive keeps; {each.url} has no {name!r} among "
                    f"{', '.join(each.columns) or 'none'}. Store the documents anew with columns=[{name!r}]."
                )
    if len(sides) == 2 and sides[0].url == sides[1].url:
        raise ValueError(
            f"against is another archive; found {sides[0].url} twice. Leave it out to compare it with itself."
        )
    if sides[0].vocabulary != sides[-1].vocabulary:
        raise tables.TableError(
            f"Expected the same terms in both archives; {sides[0].url} has {sides[0].n_terms}, {sides[-1].url} "
            f"{sides[-1].n_terms}, and they are not the same. Weigh both with one weighting."
        )
    return blocks.Search(float(threshold), own, (sides[-1].url, sides[-1].vocabulary))


def _begin(folder, search):
    """Refuse a folder of another search; mark it as unfinished."""
    former, own = folder.read_json(parts.FIND), parts.options(search)
    if former is not None and (other := [name for name in own if former.get(name) != own[name]]):
        raise ArchiveError(
            f"{folder.url} holds the pairs of another search: expected {other[0]} {own[other[0]]!r}, found "
            f"{former.get(other[0])!r}. Write to another folder, or remove this one."
        )
    folder.sweep()
    folder.write_json(parts.FIND, own)


def _tasks(sides, output, search):
    """Yield what is to be done, in an order in which one task needs the blocks of the last."""
    firsts = list(enumerate(sides[0].blocks))
    for j, second in enumerate(sides[-1].blocks):
        row = firsts[: j + 1] if len(sides) == 1 else firsts
        for i, first in reversed(row) if j % 2 else row:
            if first is second or _meet(first, second, search.scope.window):
                places = [
                    blocks.Place(side.url, block.file, tuple(side.columns))
                    for side, block in ((sides[0], first), (sides[-1], second))
                ]
                yield parts.Task(f"part-{i:05}-{j:05}.parquet", output, *places, search)


def _meet(first, second, window):
    if window is None:
        return True
    if second.published is None:
        return False
    begin, end = map(pd.Timestamp, second.published)
    return first.reaches(begin - window, end + window)


def _ended(folder, search, done):
    found = pd.DataFrame([each[:2] for each in done], columns=["part", "n_pairs"]).astype({"n_pairs": np.int64})
    found = found.sort_values("part", ignore_index=True)
    counts = dict(zip(found["part"], found["n_pairs"].tolist(), strict=True))
    folder.write_json(parts.FIND, parts.options(search) | {"parts": counts})
    return found


def _say_left_out(done, alone):
    """Warn of all that was left out; each block is counted once, however many parts it has a share in."""
    sides = {}, {}
    for part, _, (first, second) in done:
        i, j = part.removesuffix(".parquet").split("-")[1:]
        sides[0][i] = first
        sides[0 if alone else 1][j] = second
    for counted in sides:
        n_rows = sum(n for n, _ in counted.values())
        for why in dict.fromkeys(why for _, left_out in counted.values() for why in left_out):
            if skipped := sum(left_out[why] for _, left_out in counted.values()):
                warnings.warn(f"{skipped} of {n_rows} documents {why}.", tables.SkippedWarning, stacklevel=3)


def stream(matrix, documents, output, *, threshold, against=None, **restrictions):
    """Do as ``find``, but write the pairs to a folder as ``find_stored`` does, and return its table of parts.

    Meanwhile the weights lie in the folder too, as blocks that each task loads; they are removed at the end.
    """
    folder, own = Folder(output), scope(**restrictions)
    columns = [name for name in own.columns if name not in ("document_id", "published")]
    own_blocks, other_blocks = folder / ".analysis-blocks", folder / ".analysis-against"
    try:
        own_blocks.remove()
        other_blocks.remove()
        first = store(matrix, documents, own_blocks.url, columns=columns)
        if against is not None and not isinstance(against, Archive):
            against = store(*against, other_blocks.url, columns=columns)
        return find_stored(first, output, threshold=threshold, against=against, **restrictions)
    finally:
        own_blocks.remove()
        other_blocks.remove()
