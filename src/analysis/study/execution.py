"""Notebooks executed by papermill, and believed only after their cells were looked at.

papermill returns without an error from a cell that called ``sys.exit(0)``, and calls every cell completed when the
kernel died or a cell ran out of time. So a run counts as good only when papermill returned, every cell with code in it
was executed, no cell holds an error, and the tables the notebook promises were written. Anything else leaves the record
of the last good run as it was.
"""

import json
import logging
import multiprocessing
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis import provenance
from analysis.study import parameters as accepted
from analysis.study import staleness
from analysis.study.parameters import Notebook, Parameters

KERNEL = "python3"
START_SECONDS = 300  # a loaded machine needs minutes to start a kernel, and a slow start is no error
_INTERRUPT_SECONDS = 3


class NotebookFailed(RuntimeError):  # noqa: N818 - it says what happened, in the words of the field
    """A notebook did not run to its end.

    Attributes
    ----------
    notebook : str
    cell : int or None
        Which cell of the source failed, counted from 1; None when it was none of them.
    error, message : str
        Name and message of the exception.
    """

    def __init__(self, notebook: str, error: str, message: str, *, cell: int | None = None, words: str = ""):
        super().__init__(f"{notebook} failed{words}: {error}{': ' if error else ''}{message}")
        self.notebook, self.cell, self.error, self.message = notebook, cell, error, message


@dataclass(frozen=True)
class Step:
    """How far a run is: notebook ``number`` of ``total`` is ``running``, ``done``, ``up to date`` or ``failed``."""

    number: int
    total: int
    name: str
    state: str
    seconds: float = 0.0
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """A notebook with all that its execution needs."""

    notebook: Notebook
    checked: Parameters
    folder: Path
    timeout: int | None

    @property
    def source(self) -> Path:
        return staleness.notebook_file(self.folder, self.notebook)

    @property
    def partial(self) -> Path:
        return self.target(f"{self.notebook.name}.partial.ipynb")

    @property
    def failed(self) -> Path:
        return self.target(f"{self.notebook.name}.failed.ipynb")

    def target(self, file: str) -> Path:
        return self.checked.output_path / "runs" / file

    def parts(self) -> dict[str, Any]:
        return staleness.stage(self.notebook, self.checked, self.folder)


def run(
    notebooks: Iterable[str] | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    output: Path | str | None = None,
    force: bool = False,
    folder: Path | str | None = None,
    progress: Callable[[Step], None] | None = None,
    timeout: int | None = None,
) -> list[Step]:
    """Run notebooks in their order; what is up to date is not run again.

    Everything is checked before a kernel starts: names and ranges of parameters, the parameters cells, the inputs. Good
    runs leave ``runs/<notebook>.ipynb`` and ``runs/<notebook>.json``, failed ones ``runs/<notebook>.failed.ipynb``, in
    the output folder; times are in ``runs/run.log`` only.

    Parameters
    ----------
    notebooks : list of str, optional
        ``2_duplicates``, ``2`` or ``2_duplicates.ipynb``; all by default.
    parameters : dict, optional
        Parameters by name, for every notebook that knows them. A name that none of ``notebooks`` knows is an error.
    output : path, optional
        Folder for tables, figures and runs; the project's own by default. Relative paths are taken from the project.
    force : bool
        Run also what is up to date.
    folder : path, optional
        Folder of the notebooks; ``notebooks`` of the project by default.
    progress : function of a Step, optional
    timeout : int, optional
        Seconds a single cell may take; no limit by default.

    Returns
    -------
    list of Step
        One for each notebook, ``done`` or ``up to date``.

    Raises
    ------
    ParameterError
        A parameter, a notebook or its parameters cell is not as expected; nothing was run.
    ProvenanceError
        An input table is missing or was changed, or another run is at work in ``output``.
    NotebookFailed
        A notebook failed; the ones before it are done, the ones after it were not started.
    """
    tasks = _plan(accepted.select(notebooks), staleness.with_output(parameters, output), folder, timeout)
    if not tasks:
        return []
    report = progress or (lambda _: None)
    with provenance.lock(tasks[0].target(".lock"), seconds=0, holder="Another run"), _Worker() as worker:
        _refuse_missing_inputs(tasks)
        steps = [Step(number, len(tasks), task.notebook.name, "") for number, task in enumerate(tasks, 1)]
        return [_step(task, step, force, report, worker) for task, step in zip(tasks, steps, strict=True)]


# ---- Before a kernel starts


def _plan(notebooks, stated, folder, timeout):
    models = accepted.validate_all(notebooks, stated)
    place = staleness.notebooks_folder(folder)
    tasks = [_Task(notebook, models[notebook.name], place.resolve(), timeout) for notebook in notebooks]
    for task in tasks:
        accepted.agree(task.notebook, task.source)
        for name, path in zip(task.checked.paths, task.checked.outside(), strict=True):
            if not path.exists():
                raise accepted.ParameterError(
                    f"{task.notebook.name}: {name} expects a file or folder; found nothing at {path}. "
                    "Relative paths are taken from the project's folder."
                )
    return tasks


def _refuse_missing_inputs(tasks):
    """Refuse to start when a table is needed that no earlier notebook of this run will write."""
    coming = set()
    for task in tasks:
        for table in task.notebook.reads:
            if table not in coming:
                writer = next(n.name for n in accepted.NOTEBOOKS if table in n.writes)
                provenance.verify(table, task.checked.output_path, made_by=writer)
        coming |= set(task.notebook.writes)


# ---- One notebook


def _step(task, step, force, report, worker):
    began = time.monotonic()

    def told(state, why=()):
        now = replace(step, state=state, seconds=time.monotonic() - began, why=tuple(why))
        _log(task, now)
        report(now)
        return now

    parts = task.parts()
    why = ["--force was given"] if force else []
    why += staleness.reasons(task.notebook, parts, task.checked.output_path)
    if not why:
        return told("up to date")
    told("running", why)
    try:
        _run_verified(task, parts, worker)
    except BaseException as fault:
        told("failed", [str(fault) or type(fault).__name__])
        raise
    return told("done")


def _log(task, step):
    reason = f": {'; '.join(step.why)}" if step.why else ""
    line = f"{datetime.now():%Y-%m-%d %H:%M:%S} {step.name} {step.state} ({step.seconds:.1f} s){reason}\n"
    provenance.append(task.target("run.log"), line)


def _run_verified(task, parts, worker):
    """Execute a notebook beside its target; take it as the last good run only when all is well."""
    before = _stamps(task)
    provenance.write({task.partial: None})
    try:
        error, message = worker.execute(task)
        executed = _read_executed(task.partial)
        _refuse_failed(task, executed, error, message)
        outputs = _written(task, before)
        _refuse_changed(task, parts, outputs)
        _keep_good(task, parts, executed, outputs)
    except BaseException:
        _keep_failed(task)
        raise


def _keep_good(task, parts, executed, outputs):
    content = _settled(executed, _private(task.checked))
    name = f"{task.notebook.name}.ipynb"
    facts = {
        "notebook": task.notebook.name,
        "key": staleness.key(parts),
        "parts": parts,
        "outputs": {**outputs, f"runs/{name}": provenance.sha256(content)},
    }
    good = {task.target(name): content, task.target(f"{task.notebook.name}.json"): provenance.as_json(facts)}
    provenance.write({**good, task.failed: None, task.partial: None})


def _keep_failed(task):
    executed = _read_executed(task.partial)
    content = None if executed is None else _settled(executed, _private(task.checked))
    provenance.write({task.failed: content, task.partial: None})


def _refuse_changed(task, parts, outputs):
    """Refuse a run whose notebook, inputs or code were changed under it: nobody can say which of them it used."""
    manifest = provenance.read_manifest(task.checked.output_path)
    # Code counts as its kernel loaded it: what is edited after that does not reach the run.
    codes = {manifest[file]["code"] for file in outputs} - {parts["code"]}
    changed = staleness.changed_parts(parts, {**task.parts(), "code": next(iter(codes), parts["code"])})
    if changed:
        words = f"while it ran, {'; '.join(changed)}. Run it again: analysis run {task.notebook.name}"
        raise NotebookFailed(task.notebook.name, "", words)


def _stamps(task):
    """Hash and time of writing of each file of this notebook; a file written again with equal bytes has a new time."""
    output = task.checked.output_path
    manifest = provenance.read_manifest(output)
    stamps = {}
    for file, entry in manifest.items():
        if entry["notebook"] == task.notebook.name and (output / file).is_file():
            facts = (output / file).stat()
            stamps[file] = (entry["sha256"], facts.st_mtime_ns, facts.st_ino)
    return stamps


def _written(task, before):
    """Hashes of the files this run wrote; a promised table that was not written is a failure."""
    after = _stamps(task)
    outputs = {file: stamp[0] for file, stamp in sorted(after.items()) if before.get(file) != stamp}
    missing = [table for table in task.notebook.writes if staleness.table_file(table) not in outputs]
    if missing:
        words = (
            f"it ran to its end but did not save {', '.join(missing)}; save with provenance.save(..., parameters.run)"
        )
        raise NotebookFailed(task.notebook.name, "", words)
    left = sorted(set(after) - set(outputs))
    if left:
        words = f"{task.notebook.name} no longer writes {', '.join(left)}; delete what is not needed"
        provenance.append(task.target("run.log"), f"{words}\n")
    return outputs


# ---- Reading what papermill left


def _read_executed(path):
    """Executed notebook as papermill left it; None when it left none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _settled(executed, private):
    """Bytes of an executed notebook without clocks, random names, process numbers and our own folders."""
    cells = [
        _settled_cell(cell, private) for cell in executed["cells"] if not _tagged(cell, "papermill-error-cell-tag")
    ]
    metadata = {name: value for name, value in executed["metadata"].items() if name != "papermill"}
    settled = {**executed, "metadata": metadata, "cells": cells}
    return (json.dumps(settled, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def _settled_cell(cell, private):
    metadata = {name: value for name, value in cell["metadata"].items() if name not in ("papermill", "execution")}
    settled = {**cell, "metadata": metadata}
    if _tagged(cell, "injected-parameters"):
        settled["id"] = "injected-parameters"
        settled["source"] = [private.get(line.partition(" = ")[0], line) for line in cell["source"]]
    if "outputs" in cell:
        settled["outputs"] = [_settled_output(output) for output in cell["outputs"]]
    return settled


def _private(checked):
    """Lines for the injected cell in the place of those that name folders of this machine."""
    lines = {name: f"{name} = {json.dumps(checked.portable()[name])}\n" for name in checked.paths}
    if checked.output_path != provenance.project_root().resolve():
        lines["output"] = 'output = ""  # given: the folder that holds this record\n'
    return lines


def _settled_output(output):
    if output["output_type"] != "stream":
        return output
    # A warning names the file its cell was compiled from, in a folder named by the number of the process.
    return {**output, "text": [re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "cell", line) for line in output["text"]]}


def _tagged(cell, tag):
    return tag in cell["metadata"].get("tags", [])


def _refuse_failed(task, executed, error, message):
    """Refuse a run that papermill gave up, and one that it calls good though cells were left out."""
    added = ("injected-parameters", "papermill-error-cell-tag")
    cells = [] if executed is None else [c for c in executed["cells"] if not any(_tagged(c, tag) for tag in added)]
    unfinished = [number for number, cell in enumerate(cells, 1) if _is_unfinished(cell)]
    if error is None and executed is not None and not unfinished:
        return
    number = _failing(cells, unfinished, error)
    failure = next((output for output in _errors(cells[number - 1])), None) if number else None
    # What papermill raised comes first: a cell that ran out of time holds only the interrupt that ended it.
    if failure is not None and error is None:
        error, message = failure["ename"], failure["evalue"]
    if error in (None, "SystemExit"):
        message = f"{message or 'not executed'} (a notebook has to run to its last cell)"
    where = f" in cell {number} of {len(cells)}, `{_first_line(cells[number - 1])}`" if number else ""
    kept = f"\nSee runs/{task.failed.name}." if executed is not None else ""
    raise NotebookFailed(task.notebook.name, error or "CellSkipped", f"{message}{kept}", cell=number, words=where)


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


# ---- The process that executes


class _Worker:
    """One process for all notebooks of a run, started when the first of them has to be executed.

    It is spawned, not forked, because the sockets of a kernel do not survive a fork; and it is a process because
    papermill changes the working directory of its own.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._pid = 0
        self._place = tempfile.TemporaryDirectory(prefix="news-analysis-")
        self._noise = Path(self._place.name) / "stderr"

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *fault: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._place.cleanup()

    def execute(self, task: _Task) -> tuple[str | None, str]:
        """Name and message of what went wrong, or (None, "") when papermill saw nothing wrong."""
        try:
            self._start()
            return self._await(self._pool.submit(_papermill, *_call(task)))
        except BrokenProcessPool:
            self._pool = None
            return "WorkerDied", "the process that executes notebooks was ended, perhaps for want of memory"
        finally:
            self._log(task)

    def _start(self):
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            facts = (str(self._noise), str(provenance.project_root()))
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_prepare, initargs=facts)
            self._pid = self._pool.submit(os.getpid).result()

    def _await(self, future: Future) -> tuple[str | None, str]:
        try:
            return future.result()
        except KeyboardInterrupt:
            # A terminal interrupts the worker too; when only this process was told, the worker has to be.
            if not wait([future], timeout=_INTERRUPT_SECONDS).done:
                os.kill(self._pid, signal.SIGINT)
            if not wait([future], timeout=3 * _INTERRUPT_SECONDS).done:
                os.kill(self._pid, signal.SIGTERM)
            raise

    def _log(self, task):
        """Move what the worker and its kernels said on stderr to the log, without ipykernel's line about encryption."""
        if self._noise.exists():
            said = self._noise.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            os.truncate(self._noise, 0)
            provenance.append(
                task.target("run.log"), "".join(line for line in said if "without encryption" not in line)
            )


def _call(task):
    return str(task.source), str(task.partial), _injected(task.checked), str(task.folder), KERNEL, task.timeout


def _injected(checked):
    """Every parameter with its value, so that the executed notebook states them all; paths without our own folders."""
    root = provenance.project_root().resolve()

    def shown(path):
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)

    stated = checked.model_dump(mode="json")
    paths = {name: shown(checked.path(stated[name])) for name in checked.paths}
    output = "" if checked.output_path == root else shown(checked.output_path)
    return {**stated, **paths, "output": output}


def _prepare(noise, root):
    """Set up the worker: what a kernel inherits must not depend on who started the run."""
    stream = os.open(noise, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(stream, 2)
    os.environ.update({"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0", provenance.ROOT: root})
    os.environ.pop("MPLBACKEND", None)  # kernels then show figures inline


def _papermill(source, target, stated, folder, kernel, timeout):
    """Execute in the worker; what comes back is a plain pair, because not every exception survives the way back."""
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    # papermill fills braces in paths with parameters; doubled, they stay as they are.
    paths = [path.replace("{", "{{").replace("}", "}}") for path in (source, target)]
    options = {
        "language": "python",
        "start_timeout": START_SECONDS,
        "execution_timeout": timeout,
        "iopub_timeout": 60,
        "coalesce_streams": True,
    }
    try:
        papermill.execute_notebook(*paths, stated, kernel_name=kernel, progress_bar=False, cwd=folder, **options)
    except papermill.exceptions.PapermillExecutionError as fault:
        return fault.ename, fault.evalue
    except Exception as fault:
        return type(fault).__name__, str(fault).strip().partition("\n")[0]
    return None, ""
