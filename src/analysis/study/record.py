"""What a run leaves in ``runs``: the executed notebook and the record of a good run, without clocks or our own folders.

Keeps what it is given: whether a run was good is decided in ``verdict``.
"""

import json
import re

from analysis import provenance
from analysis.study import staleness


def read_executed(path):
    """Executed notebook as papermill left it; None when it left none that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def keep_good(task, parts, executed, outputs):
    """Make this run the last good one: its executed notebook and its record together, and no failed one beside them."""
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


def keep_failed(task):
    """Keep what papermill left of a failed run for its reader; the last good run stays as it was."""
    executed = read_executed(task.partial)
    content = None if executed is None else _settled(executed, _private(task.checked))
    provenance.write({task.failed: content, task.partial: None})


# ---- The same bytes for the same run


def _settled(executed, private):
    """Bytes of an executed notebook without clocks, random names, process numbers and our own folders."""
    cells = [
        _settled_cell(cell, private) for cell in executed["cells"] if not is_tagged(cell, "papermill-error-cell-tag")
    ]
    metadata = {name: value for name, value in executed["metadata"].items() if name != "papermill"}
    settled = {**executed, "metadata": metadata, "cells": cells}
    return (json.dumps(settled, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def _settled_cell(cell, private):
    metadata = {name: value for name, value in cell["metadata"].items() if name not in ("papermill", "execution")}
    settled = {**cell, "metadata": metadata}
    if is_tagged(cell, "injected-parameters"):
        settled["id"] = "injected-parameters"
        settled["source"] = [private.get(line.partition(" = ")[0], line) for line in cell["source"]]
    if "outputs" in cell:
        settled["outputs"] = [_settled_output(output) for output in cell["outputs"]]
    return settled


def _settled_output(output):
    if output["output_type"] != "stream":
        return output
    # A warning names the file its cell was compiled from, in a folder named by the number of the process.
    return {**output, "text": [re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "cell", line) for line in output["text"]]}


def _private(checked):
    """Lines for the injected cell in the place of those that name folders of this machine."""
    lines = {name: f"{name} = {json.dumps(checked.portable()[name])}\n" for name in checked.named_paths()}
    if checked.output_path != provenance.project_root().resolve():
        lines["output"] = 'output = ""  # given: the folder that holds this record\n'
    return lines


def is_tagged(cell, tag):
    """Whether a cell has a tag."""
    return tag in cell["metadata"].get("tags", [])
