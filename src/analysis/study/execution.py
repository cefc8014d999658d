"""Notebooks executed in their order: planned, refused before a kernel starts, run, judged and kept.

The parts are elsewhere: ``worker`` executes, ``verdict`` judges, ``record`` keeps. Anything but a good run leaves the
record of the last good one as it was. This module knows the order of things, not how papermill or a record works.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis import provenance
from analysis.study import cells, record, staleness, verdict
from analysis.study import parameters as accepted
from analysis.study.models import NOTEBOOKS, ParameterError
from analysis.study.task import Task
from analysis.study.worker import Worker


@dataclass(frozen=True)
class Step:
    """How far a run is: notebook ``number`` of ``total`` is ``running``, ``done``, ``up to date`` or ``failed``."""

    number: int
    total: int
    name: str
    state: str
    seconds: float = 0.0
    why: tuple[str, ...] = ()


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
    with provenance.lock(tasks[0].target(".lock"), seconds=0, holder="Another run"), Worker() as worker:
        _refuse_missing_inputs(tasks)
        steps = [Step(number, len(tasks), task.notebook.name, "") for number, task in enumerate(tasks, 1)]
        return [_step(task, step, force, report, worker) for task, step in zip(tasks, steps, strict=True)]


# ---- Before a kernel starts


def _plan(notebooks, stated, folder, timeout):
    models = accepted.validate_all(notebooks, stated)
    place = staleness.notebooks_folder(folder)
    tasks = [Task(notebook, models[notebook.name], place.resolve(), timeout) for notebook in notebooks]
    for task in tasks:
        cells.agree(task.notebook, task.path)
        _refuse_missing_paths(task)
    return tasks


def _refuse_missing_paths(task):
    for name, path in task.checked.named_paths().items():
        if not path.exists():
            raise ParameterError(
                f"{task.notebook.name}: {name} expects a file or folder; found nothing at {path}. "
                "Relative paths are taken from the project's folder."
            )


def _refuse_missing_inputs(tasks):
    """Refuse to start when a table is needed that no earlier notebook of this run will write."""
    coming = set()
    for task in tasks:
        for table in task.notebook.reads:
            if table not in coming:
                writer = next(n.name for n in NOTEBOOKS if table in n.writes)
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


def _tell_left(task, outputs):
    """Say in the log which files are of this notebook by the manifest and were not written by this run."""
    left = sorted(set(verdict.stamps(task)) - set(outputs))
    if left:
        words = f"{task.notebook.name} no longer writes {', '.join(left)}; delete what is not needed"
        provenance.append(task.target("run.log"), f"{words}\n")


def _run_verified(task, parts, worker):
    """Execute a notebook beside its target; take it as the last good run only when all is well."""
    before = verdict.stamps(task)
    provenance.write({task.partial: None})
    try:
        error, message = worker.execute(task)
        executed = record.read_executed(task.partial)
        verdict.refuse_failed(task, executed, error, message)
        outputs = verdict.written(task, before)
        _tell_left(task, outputs)
        verdict.refuse_changed(task, parts, outputs)
        record.keep_good(task, parts, executed, outputs)
    except BaseException:
        record.keep_failed(task)
        raise
