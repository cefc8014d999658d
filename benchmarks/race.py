"""Whole processes against each other: seconds until the answer, seconds of the step, memory, in turns."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
PEERS_PYTHON = HERE.parent / ".venv" / "bench" / "bin" / "python"
_PAUSE = 0.1  # seconds between two looks at the memory of a process and its children


@dataclass(frozen=True)
class Contestant:
    """Somebody who runs: ``ours.py`` in this environment, or ``peers.py`` in that of the peers."""

    name: str
    step: str
    options: tuple = ()

    @property
    def is_ours(self):
        """Whether this is our side."""
        return self.name == "ours"

    def command(self, folder, output=None):
        """Return the command line."""
        python, script = (sys.executable, "ours.py") if self.is_ours else (PEERS_PYTHON, "peers.py")
        words = [python, HERE / script, self.step, folder, *self.options]
        return [str(word) for word in (words if output is None else [*words, "--output", output])]


class RaceError(RuntimeError):
    """A contestant broke down; the message holds its command and its last words."""


def run(contestant, folder, output=None):
    """Run one contestant once and return its figures.

    Returns
    -------
    dict
        ``seconds`` from the start of the process until its answer was there, ``step_seconds`` without starting,
        importing and, where the step begins with a matrix or with texts in memory, reading; ``peak_gb`` of the process
        and its children together, ``cpu_seconds``, and what the step counted.
    """
    command = contestant.command(folder, output)
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        watch, complaints = _Watch(process.pid), []
        reader = threading.Thread(target=lambda: complaints.extend(process.stderr))
        reader.start()
        answer, seconds = None, None
        for line in process.stdout:
            if line.startswith('{"step_seconds"'):
                answer, seconds = json.loads(line), time.perf_counter() - begun
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        reader.join()
        peak = max(watch.stop(), usage.ru_maxrss * 1024)
    if process.returncode != 0 or answer is None:
        raise RaceError(f"{' '.join(command)} ended with {process.returncode}:\n{''.join(complaints[-15:])}")
    return {"seconds": seconds, "peak_gb": peak / 2**30, "cpu_seconds": usage.ru_utime + usage.ru_stime} | answer


def in_turns(contestants, folder, *, rounds, outputs=None):
    """Run the contestants A, B, A, B, … and return their figures as a list of rows, one for each run.

    Parameters
    ----------
    contestants : sequence of Contestant
    folder : Path
    rounds : int
    outputs : Path, optional
        A folder to which each writes its answer in the first round.
    """
    rows = []
    for turn in range(rounds):
        for contestant in contestants:
            output = outputs / f"{contestant.name}.npz" if outputs is not None and turn == 0 else None
            print(f"  {contestant.name}, round {turn + 1} of {rounds}", file=sys.stderr, flush=True)
            rows.append({"contestant": contestant.name, "round": turn + 1} | run(contestant, folder, output))
    return rows


class _Watch(threading.Thread):
    """Looks at the memory of a process and its children until told to stop; pages they share count for each."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.peak, self.ended, self.process = 0, threading.Event(), psutil.Process(pid)
        self.start()

    def run(self):
        while not self.ended.wait(_PAUSE):
            self.peak = max(self.peak, _memory(self.process))

    def stop(self):
        self.ended.set()
        self.join()
        return self.peak


def _memory(process):
    """Resident bytes of a process and its children; one that has just ended counts for nothing."""
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.Error:
        pass
    return total
