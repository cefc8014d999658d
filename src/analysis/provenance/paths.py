"""Where things lie, and by which names records know them: relative to the project, alike on every machine.

Opens no file.
"""

import os
from pathlib import Path

ROOT = "NEWS_ANALYSIS_ROOT"
PACKAGE = Path(__file__).resolve().parents[1]


def project_root():
    """Folder of the nearest ``pyproject.toml`` above the working directory or above this package; else the former."""
    # The runner tells its kernels where it started, so that both take relative paths from the same folder.
    if stated := os.environ.get(ROOT):
        return Path(stated)
    starts = (Path.cwd(), PACKAGE)
    folders = (folder for start in starts for folder in (start, *start.parents))
    return next((folder for folder in folders if (folder / "pyproject.toml").is_file()), Path.cwd())


def portable(path, output):
    """Name of ``path`` that is the same on every machine: relative to the output or the project, else its last part."""
    path = Path(path).resolve()
    for folder in (Path(output).resolve(), project_root().resolve()):
        if path == folder:
            return "."
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name


def table_file(name):
    """Name of a table in the manifest: where its Parquet file lies in the output folder."""
    return f"data/tables/{name}.parquet"


def weighting_files(name):
    """Names of a weighting in the manifest: where its arrays and its options lie in the output folder."""
    return [f"data/tables/{name}.npz", f"data/tables/{name}.json"]
