"""What a run of a notebook depends on, and whether its last good run still stands.

A run depends on five parts: the notebook's cells, its parameters, its inputs, the code of the package and the versions
of what computes. Its record, ``runs/<notebook>.json``, keeps all five and the hashes of what was written. A record has
no clock: equal runs leave equal records.

Compares and says why; it runs nothing and writes nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import provenance
from analysis.study import cells
from analysis.study import parameters as accepted
from analysis.study.models import NOTEBOOKS, Notebook, Parameters


@dataclass(frozen=True)
class Status:
    """Whether a notebook has to be run.

    Attributes
    ----------
    name : str
    state : "up to date", "never run" or "stale"
    why : tuple of str
        What changed, one sentence each; empty when up to date.
    """

    name: str
    state: str
    why: tuple[str, ...] = ()


def status(
    output: Path | str | None = None,
    *,
    parameters: Mapping[str, Any] | None = None,
    notebooks: Iterable[str] | None = None,
    folder: Path | str | None = None,
) -> list[Status]:
    """Say for each notebook whether its last good run still stands, and if not, which part changed.

    Parameters
    ----------
    output : path, optional
        Folder of tables, figures and runs; the project's own by default. Relative paths are taken from the project.
    parameters : dict, optional
        Parameters by name, as for ``run``.
    notebooks : list of str, optional
        Names as for ``run``; all by default.
    folder : path, optional
        Folder of the notebooks; ``notebooks`` of the project by default.

    Returns
    -------
    list of Status
        In the order of the notebooks.

    Raises
    ------
    ParameterError
    """
    selected = accepted.select(notebooks)
    models = accepted.validate_all(selected, with_output(parameters, output))
    found: list[Status] = []
    for notebook in selected:
        found.append(_status(notebook, models[notebook.name], notebooks_folder(folder), found))
    return found


def current_parts(notebook: Notebook, checked: Parameters, folder: Path) -> dict[str, Any]:
    """Return the five parts that a run of ``notebook`` depends on, hashed as they are now.

    A table that was not written yet has the hash "", a path that does not exist too.
    """
    manifest = provenance.read_manifest(checked.output_path)
    tables = {file: manifest.get(file, {}).get("sha256", "") for file in map(provenance.table_file, notebook.reads)}
    paths = {
        provenance.portable(path, checked.output_path): provenance.path_sha256(path) if path.exists() else ""
        for path in checked.outside()
    }
    return {
        "notebook": provenance.sha256(json.dumps(cells.read(notebook_file(folder, notebook))).encode()),
        "parameters": checked.portable(),
        "inputs": tables | paths,
        "code": provenance.code_sha256(),
        "versions": provenance.versions(),
    }


def key(parts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the five parts: two runs with the same key give the same results."""
    return provenance.sha256(provenance.as_json(parts))


def reasons(notebook: Notebook, parts: Mapping[str, Any], output: Path) -> list[str]:
    """Say why the last good run of ``notebook`` does not stand any more; empty when it does."""
    record = read_record(output, notebook.name)
    if record is None:
        return ["it has no record of a good run"]
    return changed_parts(record["parts"], parts) + _changed_outputs(record, output)


def read_record(output: Path, name: str) -> dict[str, Any] | None:
    """Record of the last good run, or None when there is none that can be read."""
    try:
        record = json.loads((output / "runs" / f"{name}.json").read_text(encoding="utf-8"))
        complete = record["key"] == key(record["parts"]) and isinstance(record["outputs"], dict)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if complete else None


def with_output(parameters: Mapping[str, Any] | None, output: Path | str | None) -> dict[str, Any]:
    """Parameters by name with ``output`` among them, when it is given."""
    stated = dict(parameters or {})
    return stated if output is None else {**stated, "output": str(output)}


def notebooks_folder(folder: Path | str | None) -> Path:
    """Return the folder of the notebooks, absolute."""
    return provenance.project_root() / (folder or "notebooks")


def notebook_file(folder: Path, notebook: Notebook) -> Path:
    """Path of a notebook."""
    return folder / f"{notebook.name}.ipynb"


def _status(notebook, checked, folder, before):
    output = checked.output_path
    why = reasons(notebook, current_parts(notebook, checked, folder), output)
    writers = {writer.name: set(writer.writes) & set(notebook.reads) for writer in NOTEBOOKS}
    for earlier in before:
        if earlier.state != "up to date" and writers[earlier.name]:
            why.append(
                f"it reads {', '.join(sorted(writers[earlier.name]))} of {earlier.name}, which is not up to date"
            )
    failed = output / "runs" / f"{notebook.name}.failed.ipynb"
    if why and failed.exists():
        why.append(f"the last run failed, see runs/{failed.name}")
    never = read_record(output, notebook.name) is None
    return Status(notebook.name, "never run" if never else "stale" if why else "up to date", tuple(why))


def changed_parts(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say in a sentence each what differs between the parts of two runs."""
    changed = []
    if before["notebook"] != now["notebook"]:
        changed.append("the notebook was changed")
    changed += _changed(before["parameters"], now["parameters"], "parameter {0} was {1!r}, is {2!r}")
    changed += _changed_inputs(before["inputs"], now["inputs"])
    if before["code"] != now["code"]:
        changed.append("the code of the package was changed")
    return changed + provenance.changed_versions(before["versions"], now["versions"])


def _changed(before: Mapping[str, Any], now: Mapping[str, Any], words: str) -> Iterable[str]:
    names = sorted(set(before) | set(now))
    return [words.format(n, before.get(n), now.get(n)) for n in names if before.get(n) != now.get(n)]


def _changed_inputs(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say which inputs came, went or are others; one that is not there has the hash ""."""
    changed = []
    for name in sorted(set(before) | set(now)):
        was, becomes = before.get(name), now.get(name)
        if was == "" and becomes:
            changed.append(f"its input {name} is there now, and was not")
        elif becomes == "" and was:
            changed.append(f"its input {name} is gone")
        elif (was or becomes) and was != becomes:
            changed.append(f"its input {name} was changed")
    return changed


def _changed_outputs(record, output):
    changed = []
    manifest = provenance.read_manifest(output)
    for file, expected in record["outputs"].items():
        if not (output / file).is_file():
            changed.append(f"its output {file} is missing")
        elif not provenance.intact(output, file, expected):
            changed.append(f"its output {file} was changed")
        elif not file.startswith("runs/") and manifest.get(file, {}).get("sha256") != expected:
            changed.append(f"its output {file} is not in {provenance.MANIFEST} any more")
    return changed
