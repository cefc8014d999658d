"""The parameters each notebook accepts, the order of the notebooks, and what each reads and writes.

papermill checks no parameter: an unknown name is a line in its log, a number may arrive as text, text as a number. So
each notebook has a pydantic model here. The runner asks it before a kernel starts, and the notebook asks it again in
the kernel (``study.check``), so that a notebook run by papermill alone, or by hand in JupyterLab, is held to the same.
"""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis import provenance

# How "nothing" may be spelled on a command line or in YAML, for parameters that may be nothing.
_NOTHING = ("", "~", "null", "Null", "NULL", "None", "none")
_IPYTHON = ("In", "Out", "get_ipython", "exit", "quit", "open", "display")
_CHECKED = "_study_checked"


class ParameterError(ValueError):
    """A parameter is unknown or out of range; the message says what was expected and what was found."""


def _span(value):
    # pandas reads "36" as 36 nanoseconds, so a unit is asked for.
    if value is not None and not re.fullmatch(r"\d+(\.\d+)?(W|D|h|min)", value):
        raise ValueError(value)
    return value


def _date_format(value):
    if value is not None:
        example = datetime(2023, 10, 7, 12, 30, 59)
        if datetime.strptime(example.strftime(value), value).date() != example.date():
            raise ValueError(value)
    return value


Span = Annotated[str, AfterValidator(_span)]
DateFormat = Annotated[str, AfterValidator(_date_format)]
_SPAN = {"expected": "a time span with its unit, such as 3D, 36h or 90min"}
_DATES = {"expected": "a date format with day, month and year, such as %Y-%m-%d"}
_COLUMNS = {"expected": 'names to column names, such as {"outlet": "publisher"}'}


class Parameters(BaseModel):
    """What the parameters of all notebooks share. An instance cannot be changed.

    Attributes
    ----------
    notebook : str
        Name of the notebook.
    paths : tuple of str
        Parameters that are paths of inputs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)
    notebook: ClassVar[str] = ""
    paths: ClassVar[tuple[str, ...]] = ()

    output: str = Field("", description='folder for tables, figures and runs; "" is the project\'s own folder')

    @field_validator("*", mode="before")
    @classmethod
    def _understand(cls, value: Any, info: Any) -> Any:
        annotation = cls.model_fields[info.field_name].annotation
        kinds = get_args(annotation) or (annotation,)
        if isinstance(value, str) and type(None) in kinds and value.strip() in _NOTHING:
            return None
        if isinstance(value, str) and dict[str, str] in kinds:
            return _mapping(value)
        # Python counts True as 1; a switch given for a number is a mistake.
        if isinstance(value, bool) and bool not in kinds:
            raise ValueError(value)
        return value

    @property
    def output_path(self) -> Path:
        """The output folder, absolute."""
        return self.path(self.output)

    @property
    def run(self) -> provenance.Run:
        """Who writes, where and with what parameters, as ``provenance.save`` asks for it."""
        return provenance.Run(self.output_path, self.notebook, self.portable())

    def path(self, value: str) -> Path:
        """Resolve a path: relative ones are taken from the project's folder, not from the working directory."""
        return (provenance.project_root() / value).resolve()

    def portable(self) -> dict:
        """Parameters as JSON holds them, alike on every machine: no ``output``, and paths by their portable names."""
        stated = self.model_dump(mode="json", exclude={"output"})
        return {
            **stated,
            **{name: provenance.portable(self.path(stated[name]), self.output_path) for name in self.paths},
        }

    def outside(self) -> list[Path]:
        """Files and folders the notebook reads that no notebook wrote."""
        return [self.path(getattr(self, name)) for name in self.paths]


class Corpus(Parameters):
    """Parameters of ``1_corpus``."""

    notebook: ClassVar[str] = "1_corpus"
    paths: ClassVar[tuple[str, ...]] = ("corpus_path",)

    # Not "corpus": the notebook imports the module of that name, which would take the parameter's place.
    corpus_path: str = Field("seeds", min_length=1, description="folder, .zip or file of reports")
    columns: dict[str, str] | None = Field(
        None, description="our column names and what the corpus calls them", json_schema_extra=_COLUMNS
    )
    dates: DateFormat | None = Field(
        None, description="how the corpus writes its dates, as strptime directives", json_schema_extra=_DATES
    )


class Duplicates(Parameters):
    """Parameters of ``2_duplicates``."""

    notebook: ClassVar[str] = "2_duplicates"

    threshold: float = Field(0.55, gt=0, le=1, description="cosine from which two documents are a near-duplicate pair")
    floor: float = Field(0.2, gt=0, le=1, description="cosine down to which pairs below the threshold are listed too")
    window: Span | None = Field(
        None, description="compare only documents published this close together", json_schema_extra=_SPAN
    )
    across: str | None = Field(None, description="compare only documents that differ in this column, such as outlet")
    min_words: int = Field(8, ge=2, le=100, description="words a shared passage has at least")
    sublinear: bool = Field(True, description="weigh a term by 1 + log of its count, not by its count")
    stop_words: Literal["english"] | None = Field("english", description="common words to leave out; none keeps all")
    ngrams: int = Field(1, ge=1, le=5, description="terms are runs of up to this many words")
    digits: bool = Field(True, description="numbers are terms too")
    title: bool = Field(False, description="titles are compared along with the text")

    @model_validator(mode="after")
    def _floor_below_threshold(self) -> Self:
        if self.floor > self.threshold:
            raise ValueError(f"floor expects at most the threshold, {self.threshold:g}; found {self.floor:g}")
        return self


class Topics(Parameters):
    """Parameters of ``3_topics``."""

    notebook: ClassVar[str] = "3_topics"

    unit: Literal["passages", "documents"] = Field("passages", description="what a topic model sees as one text")
    method: Literal["nmf", "lda"] = Field(
        "nmf", description="non-negative matrix factorization or latent Dirichlet allocation"
    )
    n_topics: int = Field(4, ge=1, le=500, description="number of topics")
    random_state: int = Field(0, ge=0, le=2**32 - 1, description="start of the random numbers")


class Quantities(Parameters):
    """Parameters of ``4_quantities``."""

    notebook: ClassVar[str] = "4_quantities"

    vague: Literal["none", "acled", "cqe"] = Field("none", description='whose numbers "dozens" and the like stand for')


class Claims(Parameters):
    """Parameters of ``5_claims``."""

    notebook: ClassVar[str] = "5_claims"


class Figures(Parameters):
    """Parameters of ``6_figures``."""

    notebook: ClassVar[str] = "6_figures"

    width: str = Field("nature-2col", min_length=1, description="journal and column the figures are drawn for")


@dataclass(frozen=True)
class Notebook:
    """A notebook: its name, the model of its parameters, and the tables it reads and writes."""

    name: str
    parameters: type[Parameters]
    reads: tuple[str, ...]
    writes: tuple[str, ...]


_SO_FAR = {
    Corpus: ((), ("documents", "passages", "corpus_quality")),
    Duplicates: (("documents",), ("similarities", "pairs", "clusters", "shared_passages")),
    Topics: (("documents", "passages", "clusters"), ("topic_terms", "document_topics")),
    Quantities: (("passages",), ("quantities",)),
    Claims: (("quantities", "clusters", "shared_passages", "documents"), ("claims", "claim_quantities")),
}
_TABLES = tuple(table for _, writes in _SO_FAR.values() for table in writes)
NOTEBOOKS = tuple(
    Notebook(model.notebook, model, reads, writes)
    for model, (reads, writes) in {**_SO_FAR, Figures: (_TABLES, ())}.items()
)


# ---- The verbs


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
        raise ParameterError("\n".join(_explain(notebook, fault) for fault in faults.errors())) from None


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
        raise ParameterError("\n".join(_unknown(name, known, which) for name in unknown))
    return {
        notebook.name: validate(
            notebook, {name: stated[name] for name in stated if name in notebook.parameters.model_fields}
        )
        for notebook in notebooks
    }


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
        raise ParameterError("\n".join(f"{path}: {_unknown(name, known, 'No notebook knows')}" for name in unknown))
    return stated


def expected(model: type[Parameters], name: str) -> str:
    """Words for what a parameter expects: "a whole number from 2 to 100"."""
    rule = model.model_json_schema()["properties"][name]
    choices = rule.get("anyOf", [rule])
    words = rule.get("expected") or " or ".join(_kind({**rule, **c}) for c in choices if c.get("type") != "null")
    return words + (", or nothing" if {"type": "null"} in choices else "")


# ---- The parameters cell


def cells(path: Path) -> list[dict]:
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
    tagged = [cell["source"] for cell in cells(path) if "parameters" in cell["tags"]]
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


# ---- Words and reading


def _named(name):
    text = Path(str(name)).name.removesuffix(".ipynb")
    found = [notebook for notebook in NOTEBOOKS if text in (notebook.name, notebook.name.partition("_")[0])]
    if found:
        return found[0]
    names = [notebook.name for notebook in NOTEBOOKS]
    raise ParameterError(f"There is no notebook {name!r}.{_nearest(text, names)} Notebooks: {', '.join(names)}.")


def _nearest(name, known):
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


def _unknown(name, known, which):
    owners = [notebook.name for notebook in NOTEBOOKS if name in notebook.parameters.model_fields]
    meant = f" It belongs to {', '.join(owners)}." if owners else _nearest(name, known)
    return f"{which} the parameter {name!r}.{meant} Known: {', '.join(sorted(known))}."


def _explain(notebook, fault):
    if not fault["loc"]:
        return f"{notebook.name}: {fault['ctx']['error']}."
    name, model = fault["loc"][0], notebook.parameters
    if fault["type"] == "extra_forbidden":
        return _unknown(name, model.model_fields, f"{notebook.name} does not know")
    found = fault["input"]
    part = f" (in {'.'.join(map(str, fault['loc'][1:]))})" if len(fault["loc"]) > 1 else ""
    hint = ""
    if not isinstance(found, str) and "text" in expected(model, name):
        hint = " Text that looks like a number needs papermill -r instead of -p."
    kind = "" if isinstance(found, str) else f" ({type(found).__name__})"
    return f"{notebook.name}: {name} expects {expected(model, name)}; found {found!r}{kind}{part}.{hint}"


def _kind(rule):
    if "const" in rule:
        return rule["const"]
    if "enum" in rule:
        return f"one of {', '.join(rule['enum'])}"
    words = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
    limits = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    stated = [f"{word} {rule[limit]:g}" for limit, word in limits.items() if limit in rule]
    return " ".join([words[rule["type"]], " and ".join(stated)]).strip()


def _mapping(text):
    import yaml

    try:
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes text, lists and dicts only
    except yaml.YAMLError:
        return text
    return found


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


def _refuse_shadowed(notebook, namespace):
    """Refuse a parameter that an import took the name of: its value is lost and its default would be taken."""
    for name in notebook.parameters.model_fields:
        if name in namespace and _is_ours(name, namespace[name]):
            raise ParameterError(
                f"{notebook.name}: {name} expects {expected(notebook.parameters, name)}; found {namespace[name]!r}. "
                "An import has the name of the parameter: import it under another name."
            )


def _is_ours(name, value):
    if name.startswith("_") or name in _IPYTHON:
        return True
    return isinstance(value, ModuleType | FunctionType | BuiltinFunctionType | MethodType | type)


def _looks_like(name, value, known):
    plain = value is None or isinstance(value, str | int | float | bool | list | dict | tuple)
    return plain and bool(get_close_matches(name, known, n=1, cutoff=0.8))
