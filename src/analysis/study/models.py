"""The parameters each notebook accepts, the order of the notebooks, and what each reads and writes.

papermill checks no parameter: an unknown name is a line in its log, a number may arrive as text, text as a number. So
each notebook has a pydantic model here. The runner asks it before a kernel starts, and the notebook asks it again in
the kernel (``study.check``), so that a notebook run by papermill alone, or by hand in JupyterLab, is held to the same.

This module declares. It knows no kernel, no file of parameters and no notebook on disk.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from analysis import provenance

# How "nothing" may be spelled on a command line or in YAML, for parameters that may be nothing.
_NOTHING = ("", "~", "null", "Null", "NULL", "None", "none")


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
_CORRECTIONS = "data/corrections.csv"
_COLUMNS = {"expected": 'names to column names, such as {"outlet": "publisher"}'}


def _numbers(value):
    """Numbers from text such as "10, 20" or "[10, 20]"; anything else as it is."""
    return re.findall(r"[^\s,\[\]]+", value) if isinstance(value, str) else value


Numbers = Annotated[list[Annotated[int, Field(ge=1)]], BeforeValidator(_numbers)]
_LIST = {"expected": "whole numbers of at least 1, such as [10, 20, 30]"}


def _mapping(value):
    """A mapping from text or from a file, in which a value that says nothing is None; anything else as it is."""
    import yaml

    try:
        # BaseLoader makes text, lists and dicts only
        found = yaml.load(value, Loader=yaml.BaseLoader) if isinstance(value, str) else value  # noqa: S506
    except yaml.YAMLError:
        return value
    if not isinstance(found, dict):
        return found
    return {name: None if isinstance(said, str) and said.strip() in _NOTHING else said for name, said in found.items()}


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
        if dict[str, str | None] in kinds:
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
            **{name: provenance.portable(path, self.output_path) for name, path in self.named_paths().items()},
        }

    def named_paths(self) -> dict[str, Path]:
        """Parameters that are paths, resolved; those that say nothing are left out."""
        stated = {name: getattr(self, name) for name in self.paths}
        return {name: self.path(value) for name, value in stated.items() if value is not None}

    def outside(self) -> list[Path]:
        """Files and folders the notebook reads that no notebook wrote, whether they are there or not."""
        return list(self.named_paths().values())

    @property
    def files(self) -> list[Path]:
        """Those of ``outside`` that are there, as ``made_from`` of ``provenance.save`` asks for them."""
        return [path for path in self.outside() if path.exists()]


class Corpus(Parameters):
    """Parameters of ``1_corpus``."""

    notebook: ClassVar[str] = "1_corpus"
    paths: ClassVar[tuple[str, ...]] = ("corpus_path",)

    # Not "corpus": the notebook imports the module of that name, which would take the parameter's place.
    corpus_path: str = Field("seeds", min_length=1, description="folder, .zip or file of reports")
    columns: dict[str, str | None] | None = Field(
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
    within: str | None = Field(None, description="compare only documents that agree in this column, such as language")
    cluster_method: Literal["star", "complete", "components"] = Field(
        "star", description="whether a member must resemble its representative, all members, or any of them"
    )
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

    @model_validator(mode="after")
    def _within_another_column(self) -> Self:
        if self.within is not None and self.within == self.across:
            raise ValueError(f"within expects another column than across; found {self.within!r} for both")
        return self


class Topics(Parameters):
    """Parameters of ``3_topics``."""

    notebook: ClassVar[str] = "3_topics"
    paths: ClassVar[tuple[str, ...]] = ("names",)

    unit: Literal["passages", "documents"] = Field("passages", description="what a topic model sees as one text")
    method: Literal["nmf", "lda"] = Field(
        "nmf", description="non-negative matrix factorization or latent Dirichlet allocation"
    )
    n_topics: int = Field(4, ge=1, le=500, description="number of topics")
    random_state: int = Field(0, ge=0, le=2**32 - 1, description="start of the random numbers")
    names: str | None = Field(None, min_length=1, description="CSV of what the topics are called; none has no names")
    by: str = Field("outlet", min_length=1, description="column whose groups are compared, or month or day")
    knots: int = Field(5, ge=2, le=20, description="knots of the curves over time: how often they may bend")
    numbers: Numbers = Field(
        [], description="numbers of topics to compare; none compares none", json_schema_extra=_LIST
    )
    copies: Numbers = Field(
        [], description="copies to put in of ten stories each; none puts in none", json_schema_extra=_LIST
    )


class Quantities(Parameters):
    """Parameters of ``4_quantities``."""

    notebook: ClassVar[str] = "4_quantities"

    paths: ClassVar[tuple[str, ...]] = ("speakers", "corrections")

    vague: Literal["none", "acled", "cqe"] = Field("none", description='whose numbers "dozens" and the like stand for')
    speakers: str | None = Field(
        None, min_length=1, description="CSV of labels of speakers and whom they mean, before the list of our own"
    )
    corrections: str | None = Field(
        None, min_length=1, description=f"CSV of readers' corrections; nothing is {_CORRECTIONS} of the output folder"
    )

    @property
    def speakers_file(self) -> Path | None:
        """The file of speakers; None where none is named."""
        return self.named_paths().get("speakers")

    @property
    def corrections_path(self) -> Path:
        """The file of corrections, which need not be there."""
        return self.named_paths().get("corrections", self.output_path / _CORRECTIONS)

    def outside(self) -> list[Path]:
        """The corrections, also where nothing names them: a run depends on whether they are there."""
        return list((self.named_paths() | {"corrections": self.corrections_path}).values())


class Claims(Parameters):
    """Parameters of ``5_claims``."""

    notebook: ClassVar[str] = "5_claims"
    paths: ClassVar[tuple[str, ...]] = ("series_path",)

    within: Span | None = Field(
        "30D", description="reports published farther apart join only totals and named days", json_schema_extra=_SPAN
    )
    policy: Literal["range", "majority", "conservative", "ranking"] = Field(
        "majority", description="how the readings of a claim become one value"
    )
    ranking: str | None = Field(
        None, description='for the policy "ranking": kinds of speakers, the most trusted first, separated by commas'
    )
    series_path: str | None = Field(None, min_length=1, description="file of a reference series of totals, day by day")
    series_columns: dict[str, str | None] | None = Field(
        None,
        description="date and value, and what the reference series calls them",
        json_schema_extra={"expected": 'names to column names, such as {"value": "killed"}'},
    )
    totals_of: str | None = Field(
        None,
        min_length=1,
        description="a claim, or what ids of claims begin with; nothing is the total in most reports",
    )
    n_resamples: int = Field(1000, ge=1, le=100_000, description="resamples of the clusters, for intervals of shares")
    random_state: int = Field(0, ge=0, le=2**32 - 1, description="start of the random numbers")

    @model_validator(mode="after")
    def _ranking_for_its_policy(self) -> Self:
        if (self.policy == "ranking") != (self.trusted is not None):
            wanted = (
                'kinds of speakers for the policy "ranking"' if self.trusted is None else f"none for {self.policy!r}"
            )
            raise ValueError(f"ranking expects {wanted}; found {self.ranking!r}")
        return self

    @model_validator(mode="after")
    def _columns_of_a_series(self) -> Self:
        if self.series_columns is not None and self.series_path is None:
            raise ValueError(f"series_columns expects a series_path; found {self.series_columns!r} alone")
        return self

    @property
    def trusted(self) -> list[str] | None:
        """Kinds of speakers, the most trusted first; None where none are named."""
        kinds = [kind.strip() for kind in (self.ranking or "").split(",") if kind.strip()]
        return kinds or None

    @property
    def series_file(self) -> Path | None:
        """The file of the reference series; None where none is named."""
        return self.named_paths().get("series_path")


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
    Duplicates: (("documents",), ("similarities", "pairs", "clusters", "chaining", "shared_passages")),
    Topics: (
        ("documents", "passages", "clusters"),
        (
            "topic_terms",
            "document_topics",
            "topic_names",
            "topic_labels",
            "topic_documents",
            "topic_passages",
            "topic_audit",
            "topic_coherence",
            "topic_prevalence",
            "topic_differences",
            "topic_groups",
            "topic_months",
            "topic_trends",
            "topic_stability",
            "topic_injection",
        ),
    ),
    Quantities: (("documents", "passages", "clusters"), ("quantities", "hardest", "corrections_applied")),
    Claims: (
        ("quantities", "clusters", "shared_passages", "documents"),
        ("claims", "claim_quantities", "suspicions", "totals", "series", "comparisons", "resolutions", "shares"),
    ),
}
_TABLES = tuple(table for _, writes in _SO_FAR.values() for table in writes)
NOTEBOOKS = tuple(
    Notebook(model.notebook, model, reads, writes)
    for model, (reads, writes) in {**_SO_FAR, Figures: (_TABLES, ())}.items()
)
