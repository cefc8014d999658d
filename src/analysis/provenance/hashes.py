"""SHA-256 of bytes, files, folders and of this package's code.

Knows no manifest: what a hash is compared with is the business of others.
"""

import hashlib
from pathlib import Path

from analysis.provenance.paths import PACKAGE


def sha256(content):
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def path_sha256(path):
    """SHA-256 of a file, or of a folder: of the sorted lines "name sha256" of its files, hidden ones left out.

    Hidden files (``.DS_Store``, ``.ipynb_checkpoints``) are left out because looking at a folder may create them.
    """
    path = Path(path)
    if not path.is_dir():
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    names = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()}
    shown = {name: file for name, file in names.items() if not any(part.startswith(".") for part in name.split("/"))}
    return sha256("".join(f"{name} {path_sha256(shown[name])}\n" for name in sorted(shown)).encode())


def intact(output, file, expected):
    """Whether ``file`` under ``output`` exists and has the sha256 ``expected``."""
    path = Path(output) / file
    return path.is_file() and path_sha256(path) == expected


def code_sha256():
    """SHA-256 of the package as it is on disk now: Python, lexicon, and the scripts and styles of pages."""
    patterns = ("**/*.py", "lexicon/*.csv", "pages/*.css", "pages/*.js")
    files = [file for pattern in patterns for file in PACKAGE.glob(pattern)]
    names = {file.relative_to(PACKAGE).as_posix(): file for file in files}
    return sha256("".join(f"{name} {path_sha256(names[name])}\n" for name in sorted(names)).encode())
