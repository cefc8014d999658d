"""Files replaced together or not at all, logs added to, and a lock that does not outlive its holder.

Knows bytes and paths only: neither manifest nor tables.
"""

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from analysis.provenance.origin import ProvenanceError

LOCK_SECONDS = 60


# ---- Writing


def write(contents):
    """Replace several files together: all of them, or after a failure none.

    Each content is first written in full beside its target, then renamed over it, in the order given.

    Parameters
    ----------
    contents : dict of Path to bytes or None
        None removes the file.
    """
    staged, former = {}, {}
    try:
        for path, content in contents.items():
            if content is not None:
                staged[path] = _stage(path, content)
        for path in contents:
            former[path] = path.read_bytes() if path.exists() else None
            _replace(path, staged.get(path))
    except BaseException:
        _restore(former)
        raise
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def append(path, text):
    """Add ``text`` to the end of a log; logs may state times, records never do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


def _stage(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp lets only the owner read; a result is for the colleagues too.
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _replace(path, temporary):
    if temporary is None:
        path.unlink(missing_ok=True)
    else:
        temporary.replace(path)


def _restore(former):
    for path, content in former.items():
        _replace(path, None if content is None else _stage(path, content))


# ---- Locking


@contextmanager
def lock(path, *, seconds=LOCK_SECONDS, holder="Another process"):
    """Hold ``path`` as a lock. The system lets go of it when its holder ends, however it ends, so none is left behind.

    Raises
    ------
    ProvenanceError
        The lock was not free within ``seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        _wait_for(stream, path, seconds, holder)
        try:
            yield
        finally:
            _lock_file(stream, free=True)


def _wait_for(stream, path, seconds, holder):
    end = time.monotonic() + seconds
    while True:
        try:
            return _lock_file(stream)
        except OSError:
            if time.monotonic() >= end:
                raise ProvenanceError(
                    f"{holder} holds {path} (waited {seconds} seconds for it). Wait until it is done, or end it "
                    "(a notebook open in JupyterLab, another `analysis run`), and try again."
                ) from None
            time.sleep(0.05)


def _lock_file(stream, *, free=False):
    if os.name == "nt":  # pragma: no cover - Windows only
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK if free else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_UN if free else fcntl.LOCK_EX | fcntl.LOCK_NB)
