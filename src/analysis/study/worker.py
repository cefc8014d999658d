"""The process that executes notebooks with papermill, and the kernels it starts.

It says what papermill said, and judges nothing: whether a run counts is decided in ``verdict``.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import tempfile
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from analysis import provenance
from analysis.study.task import Task

KERNEL = "python3"
START_SECONDS = 300  # a loaded machine needs minutes to start a kernel, and a slow start is no error
_INTERRUPT_SECONDS = 4
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no SIGKILL


class Worker:
    """One process for all notebooks of a run, started when the first of them has to be executed.

    It is spawned, not forked, because the sockets of a kernel do not survive a fork; and it is a process because
    papermill changes the working directory of its own.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._pid = 0
        self._place = tempfile.TemporaryDirectory(prefix="news-analysis-")
        self._noise = Path(self._place.name) / "stderr"

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, *fault: object) -> None:
        if self._pool is not None:
            if kind is not None and issubclass(kind, KeyboardInterrupt):
                # Interrupted amid a kernel's messages, the process may wait for a thread that never ends.
                self._tell(_KILL)
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._place.cleanup()

    def execute(self, task: Task) -> tuple[str | None, str]:
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
            self._interrupt(future)
            raise

    def _interrupt(self, future):
        """Let papermill end the kernel and write what it has; a kernel whose parent is gone ends by itself.

        A terminal interrupts the process too; when only this one was told, it has to be told.
        """
        for told in (None, signal.SIGINT, signal.SIGTERM, _KILL):
            if told is not None:
                self._tell(told)
            if wait([future], timeout=_INTERRUPT_SECONDS).done:
                return

    def _tell(self, told):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, told)

    def _log(self, task):
        """Move what the worker and its kernels said on stderr to the log, without ipykernel's line about encryption."""
        if self._noise.exists():
            said = self._noise.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            os.truncate(self._noise, 0)
            provenance.append(
                task.target("run.log"), "".join(line for line in said if "without encryption" not in line)
            )


def _call(task):
    return str(task.path), str(task.partial), _injected(task.checked), str(task.folder), KERNEL, task.timeout


def _injected(checked):
    """Every parameter with its value, so that the executed notebook states them all; paths without our own folders."""
    root = provenance.project_root().resolve()

    def shown(path):
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)

    stated = checked.model_dump(mode="json")
    paths = {name: shown(path) for name, path in checked.named_paths().items()}
    output = "" if checked.output_path == root else shown(checked.output_path)
    return {**stated, **paths, "output": output}


# ---- In the process


def _prepare(noise, root):
    """Set up the worker: what a kernel inherits must not depend on who started the run."""
    stream = os.open(noise, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(stream, 2)
    os.environ.update({"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0", provenance.ROOT: root, provenance.BATCH: "1"})
    os.environ.pop("MPLBACKEND", None)  # kernels then show figures inline


def _papermill(path, target, stated, folder, kernel, timeout):
    """Execute in the worker; what comes back is a plain pair, because not every exception survives the way back."""
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    # papermill fills braces in paths with parameters; doubled, they stay as they are.
    paths = [name.replace("{", "{{").replace("}", "}}") for name in (path, target)]
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
