"""A notebook as it is on disk: its cells, and whether its parameters cell says what its model says.

Reads files and starts nothing; knows neither runs nor records.
"""

import ast
import json
from pathlib import Path

from analysis.study.models import Notebook, ParameterError


def read(path: Path) -> list[dict]:
    """Cells of a notebook as it is on disk: kind, source and tags.

    Raises
    ------
    ParameterError
        The file is missing or is not a notebook of format 4.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        return [
            {"kind": c["cell_type"], "source": "".join(c["source"]), "tags": c.get("metadata", {}).get("tags", [])}
            for c in found
        ]
    except FileNotFoundError:
        raise ParameterError(f"There is no notebook {path}. Start analysis in the project's folder.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ParameterError(
            f"{path} is not a notebook of format 4 ({fault}). Open and save it in JupyterLab."
        ) from fault


def agree(notebook: Notebook, path: Path) -> None:
    """Refuse a notebook whose parameters cell does not state the names and the defaults of its model.

    Raises
    ------
    ParameterError
        Not exactly one cell is tagged ``parameters``, or it disagrees with the model. All differences are listed.
    """
    tagged = [cell["source"] for cell in read(path) if "parameters" in cell["tags"]]
    if len(tagged) != 1:
        raise ParameterError(f"{path} expects exactly one cell tagged parameters, found {len(tagged)}.")
    stated, declared = _assigned(tagged[0], path), notebook.parameters().model_dump()
    faults = [f"{name} is missing" for name in declared if name not in stated]
    faults += [f"{name} is not a parameter of {notebook.name}" for name in stated if name not in declared]
    faults += [
        f"{name} is {stated[name]!r} there, its default is {declared[name]!r}"
        for name in declared
        if name in stated and (type(stated[name]), stated[name]) != (type(declared[name]), declared[name])
    ]
    if faults:
        raise ParameterError(f"The parameters cell of {path} disagrees with its model: {'; '.join(faults)}.")


def _assigned(source, path):
    stated = {}
    try:
        for statement in ast.parse(source).body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            stated[target.id] = ast.literal_eval(statement.value)
    except (SyntaxError, AttributeError, ValueError) as fault:
        raise ParameterError(f"The parameters cell of {path} expects lines name = plain value: {fault}.") from fault
    return stated
