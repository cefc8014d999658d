"""Whether an executed notebook counts as a good run.

papermill returns without an error from a cell that called ``sys.exit(0)``, and calls every cell completed when the
kernel died or a cell ran out of time. So a run counts as good only when papermill returned, every cell with code in it
was executed, no cell holds an error, the tables the notebook promises were written, and nothing changed under it.

Judges what it is given: it starts no kernel and keeps no record.
"""

from pathlib import Path

from analysis import provenance
from analysis.study import staleness
from analysis.study.record import is_tagged


class NotebookFailed(RuntimeError):  # noqa: N818 - it says what happened, in the words of the field
    """A notebook did not run to its end.

    Attributes
    ----------
    notebook : str
    cell : int or None
        Which cell of the notebook failed, counted from 1; None when it was none of them.
    error, message : str
        Name and message of the exception.
    """

    def __init__(self, notebook: str, error: str, message: str, *, cell: int | None = None, words: str = ""):
        super().__init__(f"{notebook} failed{words}: {error}{': ' if error else ''}{message}")
        self.notebook, self.cell, self.error, self.message = notebook, cell, error, message


# ---- Every cell ran


def refuse_failed(task, executed, error, message):
    """Refuse a run that papermill gave up, and one that it calls good though cells were left out.

    Parameters
    ----------
    task : Task
    executed : dict or None
        The executed notebook as papermill left it, if it left one.
    error, message : str or None, str
        Name and message of what papermill saw go wrong; None when it saw nothing.

    Raises
    ------
    NotebookFailed
        The message names the cell.
    """
    cells = [] if executed is None else _own_cells(executed)
    unfinished = [number for number, cell in enumerate(cells, 1) if _is_unfinished(cell)]
    if error is None and executed is not None and not unfinished:
        return
    number = _failing(cells, unfinished, error)
    error, message = _reason(cells[number - 1] if number else None, error, message)
    where = f" in cell {number} of {len(cells)}, `{_first_line(cells[number - 1])}`" if number else ""
    kept = f"\nSee {_from_here(task.failed)}." if executed is not None else ""
    raise NotebookFailed(task.notebook.name, error, f"{message}{kept}", cell=number, words=where)


def _from_here(path):
    """A path as one would type it from where one is."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _own_cells(executed):
    """Cells of the notebook itself, without those that papermill added."""
    added = ("injected-parameters", "papermill-error-cell-tag")
    return [cell for cell in executed["cells"] if not any(is_tagged(cell, tag) for tag in added)]


def _reason(cell, error, message):
    """Name and message of what went wrong, from papermill, else from the cell."""
    failure = next(iter(_errors(cell)), None) if cell else None
    # What papermill raised comes first: a cell that ran out of time holds only the interrupt that ended it.
    if failure is not None and error is None:
        error, message = failure["ename"], failure["evalue"]
    if error in (None, "SystemExit"):
        message = f"{message or 'not executed'} (a notebook has to run to its last cell)"
    return error or "CellSkipped", message


def _failing(cells, unfinished, error):
    """Number of the failed cell, counted from 1: one with an error, else the last that began, else the first left."""
    with_errors = [number for number in unfinished if _errors(cells[number - 1])]
    began = [n for n, cell in enumerate(cells, 1) if error is not None and _timing(cell).get("start_time")]
    return next(iter(with_errors + began[-1:] + unfinished), None)


def _is_unfinished(cell):
    if cell["cell_type"] != "code" or not "".join(cell["source"]).strip():
        return False
    status = _timing(cell).get("status")
    return cell["execution_count"] is None or status in ("failed", "pending", "running") or bool(_errors(cell))


def _errors(cell):
    return [output for output in cell.get("outputs", []) if output["output_type"] == "error"]


def _timing(cell):
    return cell["metadata"].get("papermill") or {}


def _first_line(cell):
    return next((line.strip() for line in "".join(cell["source"]).splitlines() if line.strip()), "")


# ---- What it promised was written, and nothing changed under it


def stamps(task):
    """Hash and time of writing of each file of this notebook; a file written again with equal bytes has a new time."""
    output = task.checked.output_path
    manifest = provenance.read_manifest(output)
    found = {}
    for file, entry in manifest.items():
        if entry["notebook"] == task.notebook.name and (output / file).is_file():
            facts = (output / file).stat()
            found[file] = (entry["sha256"], facts.st_mtime_ns, facts.st_ino)
    return found


def written(task, before):
    """Hashes of the files this run wrote, which are those with other `stamps` than ``before``.

    Raises
    ------
    NotebookFailed
        A promised table was not written.
    """
    after = stamps(task)
    outputs = {file: stamp[0] for file, stamp in sorted(after.items()) if before.get(file) != stamp}
    missing = [table for table in task.notebook.writes if provenance.table_file(table) not in outputs]
    if missing:
        words = (
            f"it ran to its end but did not save {', '.join(missing)}; save with provenance.save(..., parameters.run)"
        )
        raise NotebookFailed(task.notebook.name, "", words)
    return outputs


def refuse_changed(task, parts, outputs):
    """Refuse a run whose notebook, inputs or code were changed under it: nobody can say which of them it used.

    Raises
    ------
    NotebookFailed
    """
    manifest = provenance.read_manifest(task.checked.output_path)
    # Code counts as its kernel loaded it: what is edited after that does not reach the run.
    codes = {manifest[file]["code"] for file in outputs} - {parts["code"]}
    changed = staleness.changed_parts(parts, {**task.parts(), "code": next(iter(codes), parts["code"])})
    if changed:
        words = f"while it ran, {'; '.join(changed)}. Run it again: analysis run {task.notebook.name}"
        raise NotebookFailed(task.notebook.name, "", words)
