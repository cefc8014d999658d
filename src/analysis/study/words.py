"""Sentences about parameters: what one expects, what was found in its place, and which name was perhaps meant.

Words only: nothing is checked or read here.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from analysis.study.models import NOTEBOOKS, Notebook, Parameters


def expected(model: type[Parameters], name: str) -> str:
    """Words for what a parameter expects: "a whole number from 2 to 100"."""
    rule = model.model_json_schema()["properties"][name]
    choices = rule.get("anyOf", [rule])
    words = rule.get("expected") or " or ".join(_kind({**rule, **c}) for c in choices if c.get("type") != "null")
    return words + (", or nothing" if {"type": "null"} in choices else "")


def _kind(rule):
    if "const" in rule:
        return rule["const"]
    if "enum" in rule:
        return f"one of {', '.join(rule['enum'])}"
    words = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
    limits = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    stated = [f"{word} {rule[limit]:g}" for limit, word in limits.items() if limit in rule]
    return " ".join([words[rule["type"]], " and ".join(stated)]).strip()


def explain(notebook: Notebook, fault: Any) -> str:
    """Say what one fault that pydantic found means to whoever stated the parameter."""
    if not fault["loc"]:
        return f"{notebook.name}: {fault['ctx']['error']}."
    name, model = fault["loc"][0], notebook.parameters
    if fault["type"] == "extra_forbidden":
        return unknown(name, model.model_fields, f"{notebook.name} does not know")
    found = fault["input"]
    part = f" (in {'.'.join(map(str, fault['loc'][1:]))})" if len(fault["loc"]) > 1 else ""
    hint = ""
    if not isinstance(found, str) and "text" in expected(model, name):
        hint = " Text that looks like a number needs papermill -r instead of -p."
    kind = "" if isinstance(found, str) else f" ({type(found).__name__})"
    return f"{notebook.name}: {name} expects {expected(model, name)}; found {found!r}{kind}{part}.{hint}"


def unknown(name: str, known: Iterable[str], which: str) -> str:
    """Say that ``which`` has no parameter of this name, whose it is or which is meant, and which there are."""
    owners = [notebook.name for notebook in NOTEBOOKS if name in notebook.parameters.model_fields]
    meant = f" It belongs to {', '.join(owners)}." if owners else nearest(name, known)
    return f"{which} the parameter {name!r}.{meant} Known: {', '.join(sorted(known))}."


def nearest(name: str, known: Iterable[str]) -> str:
    """Ask whether a similar name was meant; empty when there is none."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""
