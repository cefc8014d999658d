"""Parameters as somebody states them (in a notebook, a file, on a command line) held to the models.

Knows no kernel and no notebook on disk; what is allowed is declared in ``models``.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from pydantic import ValidationError

from analysis.study import words
from analysis.study.models import NOTEBOOKS, Notebook, ParameterError, Parameters

_IPYTHON = ("In", "Out", "get_ipython", "exit", "quit", "open", "display")
_CHECKED = "_study_checked"


# ---- From inside a notebook


def check(notebook: str, namespace: Mapping[str, Any]) -> Parameters:
    """Check the parameters of a notebook from inside it: ``parameters = study.check("2_duplicates", globals())``.

    Variables that are neither parameters nor imports are refused, so that ``papermill -p treshold 0.4`` fails. Once a
    check has passed, later ones in the same kernel expect the notebook's own results among the variables, and refuse
    only names that look like a misspelled parameter.

    Parameters
    ----------
    notebook : str
        Name of the notebook, such as ``2_duplicates``.
    namespace : dict
        The notebook's ``globals()``, right after the parameters and the imports.

    Returns
    -------
    A model of the parameters
        ``.threshold`` and so on are the checked values; ``.run`` is what ``provenance.save`` asks for, and
        ``.path(value)`` resolves a path.

    Raises
    ------
    ParameterError
        A parameter is unknown, missing, of another kind or out of range. All faults are listed.
    """
    record = select([notebook])[0]
    known = record.parameters.model_fields
    _refuse_shadowed(record, namespace)
    stated = {name: value for name, value in namespace.items() if not _is_ours(name, value)}
    if namespace.get(_CHECKED) == record.name:
        stated = {name: value for name, value in stated.items() if name in known or _looks_like(name, value, known)}
    checked = validate(record, stated)
    if isinstance(namespace, dict):
        namespace[_CHECKED] = record.name
    return checked


def _refuse_shadowed(notebook, namespace):
    """Refuse a parameter that an import took the name of: its value is lost and its default would be taken."""
    for name in notebook.parameters.model_fields:
        if name in namespace and _is_ours(name, namespace[name]):
            raise ParameterError(
                f"{notebook.name}: {name} expects {words.expected(notebook.parameters, name)}; "
                f"found {namespace[name]!r}. "
                "An import has the name of the parameter: import it under another name."
            )


def _is_ours(name, value):
    if name.startswith("_") or name in _IPYTHON:
        return True
    return isinstance(value, ModuleType | FunctionType | BuiltinFunctionType | MethodType | type)


def _looks_like(name, value, known):
    plain = value is None or isinstance(value, str | int | float | bool | list | dict | tuple)
    return plain and bool(get_close_matches(name, known, n=1, cutoff=0.8))


# ---- Held to the models


def select(names: Iterable[str] | None = None) -> list[Notebook]:
    """Notebooks by name (``2_duplicates``, ``2`` or ``2_duplicates.ipynb``), in the order they depend on each other.

    Raises
    ------
    ParameterError
        There is no such notebook; the nearest is named.
    """
    if names is None:
        return list(NOTEBOOKS)
    wanted = {_named(name).name for name in names}
    return [notebook for notebook in NOTEBOOKS if notebook.name in wanted]


def _named(name):
    text = Path(str(name)).name.removesuffix(".ipynb")
    found = [notebook for notebook in NOTEBOOKS if text in (notebook.name, notebook.name.partition("_")[0])]
    if found:
        return found[0]
    names = [notebook.name for notebook in NOTEBOOKS]
    raise ParameterError(f"There is no notebook {name!r}.{words.nearest(text, names)} Notebooks: {', '.join(names)}.")


def validate(notebook: Notebook, stated: Mapping[str, Any]) -> Parameters:
    """Model of ``notebook`` from parameters by name; what is not stated keeps its default.

    Text is read by the kind of its parameter: ``"1e-3"`` is a number for ``floor``, ``"007"`` text for ``corpus_path``.

    Raises
    ------
    ParameterError
    """
    try:
        return notebook.parameters.model_validate(dict(stated))
    except ValidationError as faults:
        raise ParameterError("\n".join(words.explain(notebook, fault) for fault in faults.errors())) from None


def validate_all(notebooks: Iterable[Notebook], stated: Mapping[str, Any]) -> dict[str, Parameters]:
    """Models of several notebooks by name, each from the parameters it knows.

    Raises
    ------
    ParameterError
        A parameter is known to none of the notebooks, or is out of range in one.
    """
    notebooks = list(notebooks)
    known = {name for notebook in notebooks for name in notebook.parameters.model_fields}
    unknown = [name for name in stated if name not in known]
    if unknown:
        which = "None of " * (len(notebooks) > 1) + ", ".join(notebook.name for notebook in notebooks)
        which += " knows" if len(notebooks) > 1 else " does not know"
        raise ParameterError("\n".join(words.unknown(name, known, which) for name in unknown))
    return {
        notebook.name: validate(
            notebook, {name: stated[name] for name in stated if name in notebook.parameters.model_fields}
        )
        for notebook in notebooks
    }


# ---- From a command line or a file


def from_texts(texts: Iterable[str]) -> dict[str, str]:
    """Parameters from ``name=value`` texts; the values stay text, for the models to read.

    Raises
    ------
    ParameterError
    """
    stated = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise ParameterError(f"-p expects name=value, such as threshold=0.4; found {text!r}.")
        stated[name.strip()] = value
    return stated


def from_file(path: Path) -> dict[str, Any]:
    """Parameters from a YAML file of ``name: value`` lines; scalars stay text, for the models to read.

    YAML's own guesses (``no`` is false, ``1e-3`` is text, ``2023-10-07`` is a date) are not made.

    Raises
    ------
    ParameterError
        The file is missing, not YAML, states a name twice, or states one that no notebook knows.
    """
    stated = _read_yaml(path)
    known = {name for notebook in NOTEBOOKS for name in notebook.parameters.model_fields}
    unknown = [name for name in stated if name not in known]
    if unknown:
        raise ParameterError(
            "\n".join(f"{path}: {words.unknown(name, known, 'No notebook knows')}" for name in unknown)
        )
    return stated


def _read_yaml(path):
    import yaml

    try:
        node = yaml.compose(Path(path).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except FileNotFoundError:
        raise ParameterError(f"There is no parameters file {path}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ParameterError(f"{path} expects YAML lines name: value; {fault}") from None
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise ParameterError(f"{path} expects YAML lines name: value; found a {node.id} at the top.")
    names = [key.value for key, _ in node.value]
    # YAML lets the last of two equal names win; a study must not depend on that.
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ParameterError(f"{path} states {', '.join(repeated)} twice; keep one.")
    loader = yaml.BaseLoader("")
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}
