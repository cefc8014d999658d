"""Whether this machine can run the study: Python, packages, kernel, seed reports, memory and disk."""

import hashlib
import importlib.metadata
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis import provenance

PYTHON = (3, 11)
MEMORY = 1.0  # GB free; the notebooks hold a few thousand reports in a fraction of that
DISK = 1.0  # GB free
SUMS = "seeds/SHA256SUMS"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its name, whether it is well, and what was found or what to do."""

    name: str
    ok: bool
    words: str


def doctor(output: Path | str = "") -> list[Finding]:
    """Look at what the notebooks need and say what is missing and what to do about it.

    Parameters
    ----------
    output : path, optional
        Folder that results go to; the project's own by default.

    Returns
    -------
    list of Finding
        Python, packages, kernel, seeds, memory and disk, in this order.
    """
    root = provenance.project_root()
    return [python(), packages(root / "requirements.lock"), kernel(), seeds(root), memory(), disk(root / output)]


def python(found: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Compare the version of Python with the oldest we support."""
    ok = found[:2] >= PYTHON
    advice = "" if ok else f"; {'.'.join(map(str, PYTHON))} or newer is needed: make environment PYTHON=python3.12"
    return Finding("python", ok, ".".join(map(str, found)) + advice)


def packages(lock: Path) -> Finding:
    """Compare the installed packages with the versions in ``requirements.lock``."""
    if not lock.is_file():
        return Finding("packages", True, f"not compared: there is no {lock.name} (analysis was installed as a package)")
    locked = dict(_locked(lock.read_text(encoding="utf-8")))
    installed = {name: _installed(name) for name in locked}
    needed = _needed()
    wrong = [f"{n} is {installed[n]}, locked {v}" for n, v in sorted(locked.items()) if installed[n] not in ("", v)]
    wrong += [f"{name} is missing" for name in sorted(locked) if not installed[name] and name in needed]
    absent = sum(not version for version in installed.values()) - sum(line.endswith("missing") for line in wrong)
    if wrong:
        return Finding("packages", False, f"{'; '.join(wrong)}. Install what is locked: make environment")
    optional = f" ({absent} optional ones are not installed)" if absent else ""
    return Finding("packages", True, f"{len(locked) - absent} packages as in {lock.name}{optional}")


def kernel(name: str = "python3") -> Finding:
    """Whether the kernel that runs the notebooks is there and belongs to this environment."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = f"Install it here: {sys.executable} -m ipykernel install --sys-prefix --name {name}"
    try:
        program = Path(KernelSpecManager().get_kernel_spec(name).argv[0])
    except NoSuchKernel:
        return Finding("kernel", False, f"there is no kernel {name}. {advice}")
    # A bare "python" is replaced by this interpreter when the kernel is started.
    if program.is_absolute() and program.parent != Path(sys.executable).parent:
        return Finding("kernel", False, f"{name} starts {program}, which is another environment. {advice}")
    return Finding("kernel", True, name)


def seeds(root: Path) -> Finding:
    """Compare the seed reports with the sums in ``seeds/SHA256SUMS``."""
    sums = root / SUMS
    if not sums.is_file():
        return Finding("seeds", False, f"there is no {SUMS} in {root}. Start analysis in the project's folder")
    expected = dict(reversed(line.split(maxsplit=1)) for line in sums.read_text(encoding="utf-8").splitlines() if line)
    wrong = [name for name, sha256 in sorted(expected.items()) if not _is(root / "seeds" / name, sha256)]
    if wrong:
        return Finding("seeds", False, f"missing or changed: {', '.join(wrong)}. Take them back: git checkout -- seeds")
    return Finding("seeds", True, f"{len(expected)} files as in {SUMS}")


def memory() -> Finding:
    """Compare the free memory with what the notebooks need."""
    import psutil

    return _enough("memory", psutil.virtual_memory().available / 2**30, MEMORY, "Close other programs")


def disk(output: Path) -> Finding:
    """Compare the free disk space at ``output`` with what the results need."""
    place = next(folder for folder in (output, *output.resolve().parents) if folder.exists())
    return _enough("disk", shutil.disk_usage(place).free / 2**30, DISK, f"Make room at {output}, or give --output")


def _enough(name, free, needed, advice):
    words = f"{free:.1f} GB free"
    return Finding(name, free >= needed, words if free >= needed else f"{words}, {needed:g} GB are needed. {advice}")


def _locked(text: str) -> Iterator[tuple[str, str]]:
    """Names and versions in a lock that hold for this Python and this system."""
    from packaging.requirements import Requirement

    for line in text.splitlines():
        stated = line.removesuffix("\\").strip()
        if not re.match(r"[A-Za-z0-9]", stated):
            continue
        requirement = Requirement(stated)
        if requirement.marker is None or requirement.marker.evaluate():
            yield requirement.name, next(iter(requirement.specifier)).version


def _installed(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _needed(requires: Callable[[str], list[str] | None] = importlib.metadata.requires) -> set[str]:
    """Names of the packages that the notebooks need: those that are not for an extra."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    stated = [Requirement(line) for line in requires("news-analysis") or []]
    return {canonicalize_name(r.name) for r in stated if r.marker is None or r.marker.evaluate({"extra": ""})}


def _is(path, sha256):
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
