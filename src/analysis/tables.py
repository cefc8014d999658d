"""The promises our tables keep: columns, kinds, ranges and keys, declared once and checked at every door.

Text that is *not stated* is the empty string, a number or an offset that is not stated is NaN or <NA>; neither is ever
0. Offsets count characters of ``documents.text``.
"""

from dataclasses import dataclass
from html import escape
from typing import Annotated

import numpy as np
import pandas as pd
import pandera.pandas as pa
from scipy import sparse

BOUNDS = ("exact", "at least", "more than", "at most", "less than", "between", "vague")
KINDS = ("count", "percent", "money", "measure", "duration", "age", "rate", "score")
TRENDS = ("", "up", "down")
PUBLISHED_BASES = ("header", "text", "column", "unknown")
CONTEXT_BASES = ("", "sentence", "earlier", "title", "reader")
COUNTINGS = ("written", "printed")
WEIGHTINGS = ("floor", "raw", "by cluster")
INTRUSIONS = ("word", "word set", "document", "passage")
ALIGNMENTS = ("match", "split", "merge", "split and merge", "unmatched")
AGREEMENTS = ("single", "same", "compatible", "update", "conflict between speakers", "conflict")
POLICIES = ("range", "majority", "conservative", "ranking")
SUSPICIONS = ("falls", "digits transposed", "order of magnitude", "jumps")
VERDICTS = ("consistent", "too high", "too low", "not compared")
LARGEST_SHOWN = 1_500_000  # characters; a Jupyter server drops what is sent faster than 1 MB in a second
DECISIONS = ("", "confirm", "reject", "correct", "add")
OUTCOMES = ("applied", "already so", "no longer matches", "cannot be applied", "not decided")

Text = str
Moment = Annotated[pd.DatetimeTZDtype, "us", "UTC"]


class TableError(ValueError):
    """A table broke the promise of its shape; the message names the table, the column and the rows."""


class SkippedWarning(UserWarning):
    """Something was left out of an answer; the message says how much, why, and what to do."""


class _Shape(pa.DataFrameModel):
    class Config:
        """Kinds are made right where they can be; a column nobody declared is refused."""

        coerce = True
        strict = True


class Documents(_Shape):
    """One row for each report. Further columns (language, section, …) are kept as they come."""

    document_id: Text = pa.Field(str_length={"min_value": 1})
    outlet: Text
    published: Moment = pa.Field(nullable=True)
    published_basis: Text = pa.Field(isin=PUBLISHED_BASES)
    title: Text
    credit: Text
    text: Text

    class Config:
        """Columns nobody declared are kept."""

        strict = False

    _key = ("document_id",)


class Passages(_Shape):
    """One row for each sentence: ``text`` is ``documents.text[start:end]`` of its document."""

    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    text: Text = pa.Field(str_length={"min_value": 1})

    _key = ("document_id", "start")


class Pairs(_Shape):
    """Two documents that reached a threshold: ``a < b``; cosine; share of distinct terms; hours from a to b."""

    a: Text
    b: Text
    score: float = pa.Field(gt=0, le=1)
    containment: float = pa.Field(ge=0, le=1)
    lag: float = pa.Field(nullable=True)

    _key = ("a", "b")


class Clusters(_Shape):
    """Every document with its representative, the earliest of its cluster, and its cosine with that one."""

    document_id: Text
    representative: Text
    score: float = pa.Field(gt=0, le=1, nullable=True)

    _key = ("document_id",)


class Chaining(_Shape):
    """How many members of each cluster of three or more resemble each other; few of many make a chain."""

    representative: Text
    n_documents: int = pa.Field(ge=3)
    n_pairs: int = pa.Field(ge=0)
    share_of_pairs: float = pa.Field(ge=0, le=1)
    lowest_score: float = pa.Field(gt=0, le=1, nullable=True)

    _key = ("representative",)


class Forecasts(_Shape):
    """What finding all pairs would return and take, at several thresholds."""

    threshold: float = pa.Field(gt=0, le=1)
    n_pairs: int = pa.Field(ge=0)
    gigabytes: float = pa.Field(ge=0)
    minutes: float = pa.Field(ge=0)
    fits: bool

    _key = ("threshold",)


class SharedPassages(_Shape):
    """A run of words that two documents share word for word, with its offsets in both."""

    a: Text
    b: Text
    a_start: int = pa.Field(ge=0)
    b_start: int = pa.Field(ge=0)
    a_end: int = pa.Field(gt=0)
    b_end: int = pa.Field(gt=0)
    n_words: int = pa.Field(ge=1)
    quoted: bool
    first: Text

    _key = ("a", "b", "a_start", "b_start")


class TopicTerms(_Shape):
    """How much each term weighs in each topic; the weights of a topic sum to 1."""

    topic: int = pa.Field(ge=0)
    term: Text
    weight: float = pa.Field(ge=0, le=1)

    _key = ("topic", "term")


class DocumentTopics(_Shape):
    """How much of each document belongs to each topic; the shares of a document sum to 1."""

    document_id: Text
    topic: int = pa.Field(ge=0)
    share: float = pa.Field(ge=0, le=1)

    _key = ("document_id", "topic")


class TopicAlignment(_Shape):
    """Topics of one model with those of another that are most like them; ``other`` is <NA> where none is left."""

    topic: int = pa.Field(ge=0)
    other: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    agreement: float = pa.Field(ge=0, le=1)

    _key = ("topic",)


class TopicLabels(_Shape):
    """The first terms of each topic by four measures, side by side; rank 1 is the first. "" where terms are too few."""

    topic: int = pa.Field(ge=0)
    rank: int = pa.Field(ge=1)
    probability: Text
    frex: Text
    lift: Text
    relevance: Text

    _key = ("topic", "rank")


class TopicAudit(_Shape):
    """How many stories a topic rests on. A topic is ``owned`` when one story has more than a quarter of its mass."""

    topic: int = pa.Field(ge=0)
    written: float = pa.Field(ge=0, le=1)
    printed: float = pa.Field(ge=0, le=1)
    n_effective: float = pa.Field(ge=1, nullable=True)
    largest_share: float = pa.Field(gt=0, le=1, nullable=True)
    owned: bool
    representative: Text
    n_documents: int = pa.Field(ge=0)
    title: Text

    _key = ("topic",)


class TopicPrevalence(_Shape):
    """How much of what a group wrote, or printed, belongs to a topic; low and high are NaN for a single story."""

    group: Text
    topic: int = pa.Field(ge=0)
    counting: Text = pa.Field(isin=COUNTINGS)
    share: float = pa.Field(ge=0, le=1)
    low: float = pa.Field(ge=0, le=1, nullable=True)
    high: float = pa.Field(ge=0, le=1, nullable=True)
    n_documents: int = pa.Field(ge=1)
    n_stories: int = pa.Field(ge=1)

    _key = ("group", "topic", "counting")


class TopicDifferences(_Shape):
    """How much more of a group is a topic as printed than as written; low and high are of the difference."""

    group: Text
    topic: int = pa.Field(ge=0)
    written: float = pa.Field(ge=0, le=1)
    printed: float = pa.Field(ge=0, le=1)
    difference: float = pa.Field(ge=-1, le=1)
    low: float = pa.Field(ge=-1, le=1, nullable=True)
    high: float = pa.Field(ge=-1, le=1, nullable=True)
    n_documents: int = pa.Field(ge=1)
    n_stories: int = pa.Field(ge=1)

    _key = ("group", "topic")


class TopicSums(_Shape):
    """How much of what a group wrote, or printed, belongs to several topics together, under a name of the user's."""

    group: Text
    name: Text = pa.Field(str_length={"min_value": 1})
    counting: Text = pa.Field(isin=COUNTINGS)
    topics: Text = pa.Field(str_length={"min_value": 1})
    share: float = pa.Field(ge=0, le=1)
    low: float = pa.Field(ge=0, le=1, nullable=True)
    high: float = pa.Field(ge=0, le=1, nullable=True)
    n_documents: int = pa.Field(ge=1)
    n_stories: int = pa.Field(ge=1)

    _key = ("group", "name", "counting")


class TopicTrends(_Shape):
    """The share of a topic over time, smoothed by a spline; ``n_near`` stories are near the day and bear it out."""

    topic: int = pa.Field(ge=0)
    counting: Text = pa.Field(isin=COUNTINGS)
    date: Moment
    share: float = pa.Field(ge=0, le=1)
    low: float = pa.Field(ge=0, le=1, nullable=True)
    high: float = pa.Field(ge=0, le=1, nullable=True)
    n_near: int = pa.Field(ge=0)

    _key = ("topic", "counting", "date")


class TopicNames(_Shape):
    """What a user calls each topic. ``terms`` are its first terms, by which a file of another fit is noticed."""

    topic: int = pa.Field(ge=0)
    name: Text
    note: Text
    terms: Text
    label: Text = pa.Field(str_length={"min_value": 1})

    _key = ("topic",)


class TopicDocuments(_Shape):
    """Documents that have most of a topic, one for each story; ``n_documents`` is the number of the story's copies."""

    topic: int = pa.Field(ge=0)
    rank: int = pa.Field(ge=1)
    document_id: Text
    share: float = pa.Field(gt=0, le=1)
    outlet: Text
    published: Moment = pa.Field(nullable=True)
    title: Text
    n_documents: int = pa.Field(ge=1)

    _key = ("topic", "rank")


class TopicPassages(_Shape):
    """Passages that have most of a topic, one for each story: ``text`` is ``documents.text[start:end]``."""

    topic: int = pa.Field(ge=0)
    rank: int = pa.Field(ge=1)
    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    share: float = pa.Field(gt=0, le=1)
    outlet: Text
    published: Moment = pa.Field(nullable=True)
    text: Text = pa.Field(str_length={"min_value": 1})

    _key = ("topic", "rank")


class TopicMatches(_Shape):
    """Topics of two models that mean the same, or parts of the same; of an unmatched one the other is <NA>."""

    topic: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    other: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    kind: Text = pa.Field(isin=ALIGNMENTS)
    overlap: float = pa.Field(ge=0, le=1, nullable=True)
    agreement: float = pa.Field(ge=0, le=1, nullable=True)
    terms: Text

    _key = ("topic", "other")


class TopicCoherence(_Shape):
    """Coherence of each topic with each copy counted (printed) and each story once (written), and its agreement."""

    topic: int = pa.Field(ge=0)
    written: float = pa.Field(ge=-1, le=1, nullable=True)
    printed: float = pa.Field(ge=-1, le=1, nullable=True)
    agreement: float = pa.Field(ge=0, le=1, nullable=True)

    _key = ("topic",)


class TopicStability(_Shape):
    """What each fit to a part of the stories says of a number of topics; NaN where a measure is not defined."""

    n_topics: int = pa.Field(ge=1)
    random_state: int
    draw: int = pa.Field(ge=1)
    agreement: float = pa.Field(ge=0, le=1)
    perplexity: float = pa.Field(gt=0, nullable=True)
    npmi: float = pa.Field(ge=-1, le=1, nullable=True)
    exclusivity: float = pa.Field(ge=0, le=1)
    diversity: float = pa.Field(ge=0, le=1)
    n_held_out: int = pa.Field(ge=1)

    _key = ("n_topics", "random_state", "draw")


class TopicInjection(_Shape):
    """What copies put into a corpus do to its topics. ``floor`` is a fit to nine tenths of the stories, no copies."""

    n_stories: int = pa.Field(ge=0)
    n_copies: int = pa.Field(ge=0)
    lost: float = pa.Field(ge=0, lt=1)
    draw: int = pa.Field(ge=1)
    weighting: Text = pa.Field(isin=WEIGHTINGS)
    agreement: float = pa.Field(ge=0, le=1)
    n_lost: int = pa.Field(ge=0)
    n_owned: int = pa.Field(ge=0)
    smallest_n_effective: float = pa.Field(ge=1)
    prevalence_error: float = pa.Field(ge=0, le=1)

    _key = ("n_stories", "n_copies", "draw", "weighting")


class IntrusionItems(_Shape):
    """What a coder sees: the options of each item, of which one does not belong with the others."""

    item: Text = pa.Field(str_length={"min_value": 1})
    kind: Text = pa.Field(isin=INTRUSIONS)
    place: Text = pa.Field(isin=tuple("abcdef"))
    text: Text = pa.Field(str_length={"min_value": 1})

    _key = ("item", "place")


class IntrusionKey(_Shape):
    """What is right, kept from the coders: the topic asked about, and the place and the topic of the intruder."""

    item: Text = pa.Field(str_length={"min_value": 1})
    kind: Text = pa.Field(isin=INTRUSIONS)
    topic: int = pa.Field(ge=0)
    intruder_topic: int = pa.Field(ge=0)
    place: Text = pa.Field(isin=tuple("abcdef"))
    n_options: int = pa.Field(ge=2)
    digest: Text

    _key = ("item",)


class IntrusionAnswers(_Shape):
    """The option each coder chose in each item."""

    item: Text
    coder: Text = pa.Field(str_length={"min_value": 1})
    kind: Text = pa.Field(isin=INTRUSIONS)
    place: Text = pa.Field(isin=tuple("abcdef"))

    _key = ("item", "coder")


class IntrusionPrecision(_Shape):
    """How often the intruder was found, by kind, by topic (else <NA>) and by coder (else "")."""

    kind: Text = pa.Field(isin=INTRUSIONS)
    topic: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    coder: Text
    n_items: int = pa.Field(ge=1)
    n_coders: int = pa.Field(ge=1)
    precision: float = pa.Field(ge=0, le=1)
    low: float = pa.Field(ge=0, le=1)
    high: float = pa.Field(ge=0, le=1)
    chance: float = pa.Field(gt=0, lt=1)

    _key = ("kind", "topic", "coder")


class IntrusionAgreement(_Shape):
    """Krippendorff's alpha of the options that coders chose, by kind."""

    kind: Text = pa.Field(isin=INTRUSIONS)
    n_items: int = pa.Field(ge=1)
    n_coders: int = pa.Field(ge=1)
    alpha: float = pa.Field(le=1, nullable=True)
    low: float = pa.Field(le=1, nullable=True)
    high: float = pa.Field(le=1, nullable=True)

    _key = ("kind",)


class Quantities(_Shape):
    """A number in text: its bounds, what is counted, what happened to it, and who says so.

    ``text[start:end] == surface`` and ``text[speaker_start:speaker_end] == speaker`` hold for every row. ``time_basis``
    and ``place_basis`` say where ``time`` and ``place`` were found: in the clause of the quantity ("sentence"), as the
    last one before it ("earlier"), in the title, or by a reader who corrected them.
    """

    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    surface: Text = pa.Field(str_length={"min_value": 1})
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    bound: Text = pa.Field(isin=BOUNDS)
    approximate: bool
    hedge: Text
    trend: Text = pa.Field(isin=TRENDS)
    kind: Text = pa.Field(isin=KINDS)
    unit: Text
    per: Text
    counted: Text
    counted_class: Text
    event: Text
    cumulative: Text = pa.Field(isin=("", "cumulative", "incremental"))
    time: Text
    time_basis: Text = pa.Field(isin=CONTEXT_BASES)
    place: Text
    place_basis: Text = pa.Field(isin=CONTEXT_BASES)
    speaker: Text
    speaker_start: pd.Int64Dtype = pa.Field(nullable=True)
    speaker_end: pd.Int64Dtype = pa.Field(nullable=True)
    speaker_name: Text
    speaker_kind: Text
    cue: Text

    _key = ("document_id", "start")


class Hardest(_Shape):
    """A quantity that is worth a reader's check, and why; rank 1 is to be read first.

    ``sentence`` is the passage it stands in, ``n_copies`` how many other documents print it at the same place of the
    same sentence, ``story`` the representative of its document.
    """

    rank: int = pa.Field(ge=1)
    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    surface: Text = pa.Field(str_length={"min_value": 1})
    score: int = pa.Field(ge=1)
    reasons: Text = pa.Field(str_length={"min_value": 1})
    sentence: Text
    n_copies: int = pa.Field(ge=0)
    story: Text

    _key = ("rank",)


class Corrections(_Shape):
    """What readers decided of quantities, as text: "" leaves a field as it was read, "(none)" says *not stated*."""

    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    surface: Text = pa.Field(str_length={"min_value": 1})
    decision: Text = pa.Field(isin=DECISIONS)
    low: Text
    high: Text
    bound: Text
    approximate: Text
    hedge: Text
    trend: Text
    kind: Text
    unit: Text
    per: Text
    counted: Text
    counted_class: Text
    event: Text
    cumulative: Text
    time: Text
    place: Text
    speaker: Text
    speaker_start: Text
    speaker_end: Text
    speaker_name: Text
    speaker_kind: Text
    cue: Text
    note: Text
    by: Text

    _key = ("document_id", "start", "end", "surface")


class CorrectionsApplied(_Shape):
    """What became of each correction: ``detail`` says why it was not applied; ``was`` and ``became`` what changed."""

    document_id: Text
    start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    surface: Text
    decision: Text = pa.Field(isin=DECISIONS)
    outcome: Text = pa.Field(isin=OUTCOMES)
    detail: Text
    was: Text
    became: Text
    note: Text
    by: Text

    _key = ("document_id", "start", "end", "surface")


class Claims(_Shape):
    """A quantity agreed or disputed between reports, counted once for each independent report.

    ``against`` is the claim that a conflict is with, or an update carries on; of several the one with most behind it.
    """

    claim_id: Text
    counted: Text
    event: Text
    unit: Text
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    n_documents: int = pa.Field(ge=1)
    n_independent: int = pa.Field(ge=1)
    n_speakers: int = pa.Field(ge=0)
    agreement: Text = pa.Field(isin=AGREEMENTS)
    against: Text
    first_published: Moment = pa.Field(nullable=True)

    _key = ("claim_id",)


class ClaimQuantities(_Shape):
    """Which quantities make up a claim; documents that speak as one, such as copies, have one ``witness``."""

    claim_id: Text
    document_id: Text
    start: int = pa.Field(ge=0)
    witness: Text = pa.Field(str_length={"min_value": 1})

    _key = ("document_id", "start")


class Resolutions(_Shape):
    """What a policy makes of the readings of a claim, and how many documents stand behind it."""

    claim_id: Text
    policy: Text = pa.Field(isin=POLICIES)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    n_documents: int = pa.Field(ge=0)
    n_independent: int = pa.Field(ge=0)
    of_independent: int = pa.Field(ge=1)

    _key = ("claim_id",)


class Suspicions(_Shape):
    """A quantity that may be an error, and the quantity of another document that makes it look like one."""

    document_id: Text
    start: int = pa.Field(ge=0)
    suspicion: Text = pa.Field(isin=SUSPICIONS)
    other_document_id: Text
    other_start: int = pa.Field(ge=0)
    end: int = pa.Field(gt=0)
    surface: Text
    other_end: int = pa.Field(gt=0)
    other_surface: Text
    claim_id: Text
    detail: Text

    _key = ("document_id", "start", "suspicion", "other_document_id", "other_start")


class Comparisons(_Shape):
    """A quantity of a claim beside a reference series; ``reason`` says why one was not compared."""

    claim_id: Text
    document_id: Text
    start: int = pa.Field(ge=0)
    surface: Text
    published: Moment = pa.Field(nullable=True)
    verdict: Text = pa.Field(isin=VERDICTS)
    reason: Text
    series_date: Moment = pa.Field(nullable=True)
    series_value: float = pa.Field(nullable=True)
    first_true: Moment = pa.Field(nullable=True)

    _key = ("document_id", "start")


class Series(_Shape):
    """A total for each day, by a reference that claims are set beside."""

    date: Moment
    value: float

    _key = ("date",)


class Shares(_Shape):
    """The share of quantities that have a value, in an outlet and a month, with intervals; raw and per report."""

    outlet: Text
    month: Text
    by: Text
    value: Text
    n_quantities: int = pa.Field(ge=1)
    n_clusters: int = pa.Field(ge=1)
    share: float = pa.Field(ge=0, le=1)
    low: float = pa.Field(ge=0, le=1, nullable=True)
    high: float = pa.Field(ge=0, le=1, nullable=True)
    independent_share: float = pa.Field(ge=0, le=1)
    independent_low: float = pa.Field(ge=0, le=1, nullable=True)
    independent_high: float = pa.Field(ge=0, le=1, nullable=True)

    _key = ("outlet", "month", "by", "value")


def check(shape, frame):
    """Return ``frame`` as ``shape`` declares it: kinds coerced, declared columns first, rows in the order of the key.

    Raises
    ------
    TableError
        A column is missing, stands twice, is unknown, of another kind or out of range, a key stands twice, a pair is
        not spelled ``a < b``, or a passage is not as long as its offsets say. All faults of a kind are listed, with
        their rows counted from 0.
    """
    _refuse_missing(shape, frame)
    _refuse_altered(shape, frame)
    try:
        checked = shape.validate(frame.reset_index(drop=True), lazy=True)
    except pa.errors.SchemaErrors as faults:
        raise TableError(_explain(shape, faults.failure_cases)) from None
    _refuse_misspelled_pairs(shape, checked)
    if shape is Passages:
        _refuse_misplaced(checked)
    own = columns(shape)
    others = sorted((name for name in checked.columns if name not in own), key=str)
    checked = checked[own + others]
    if _rises(checked[key(shape)]):  # in order, and no key twice: said in a tenth of the time that sorting takes
        return checked
    _refuse_repeated(shape, checked)
    return checked.sort_values(key(shape), kind="stable", ignore_index=True)


def columns(shape):
    """Names of the declared columns of ``shape``, in their order."""
    return list(shape.to_schema().columns)


def key(shape):
    """Names of the columns that identify a row of ``shape``."""
    return list(shape._key)


def empty(shape):
    """A table of ``shape`` with no rows."""
    return check(shape, pd.DataFrame({name: [] for name in columns(shape)}))


def _refuse_missing(shape, frame):
    missing = [name for name in columns(shape) if name not in frame.columns]
    if missing:
        raise TableError(
            f"{shape.__name__} needs the column{'s' * (len(missing) > 1)} {', '.join(missing)}; "
            f"found {', '.join(map(str, frame.columns)) or 'no columns'}."
        )
    if frame.columns.has_duplicates:
        again = frame.columns[frame.columns.duplicated()][0]
        raise TableError(f"{shape.__name__} expects each column once; found {again} twice.")


def _refuse_altered(shape, frame):
    """Refuse what coercion would change rather than refuse: 0.5 would be cut to 0, the word "False" taken for True."""
    for name, column in shape.to_schema().columns.items():
        if str(column.dtype) == "bool":
            expected, wrong = "True or False", ~frame[name].isin([True, False])
        elif str(column.dtype) == "int64":
            expected, wrong = "whole numbers", pd.to_numeric(frame[name], errors="coerce").mod(1).fillna(0) != 0
        else:
            continue
        if wrong.any():
            found, rows = frame[name][wrong].tolist()[0], _listed(np.flatnonzero(wrong))
            where = f"row{'s' if wrong.sum() > 1 else ''} {rows}"
            raise TableError(f"{shape.__name__} expects {expected} in {name}; found {found!r} in {where}.")


def _refuse_repeated(shape, frame):
    again = frame.duplicated(key(shape), keep=False)
    if again.any():
        first = frame.loc[again, key(shape)].iloc[0].tolist()
        of_key = frame.groupby(key(shape), sort=False, dropna=False).ngroup().to_numpy()
        rows = np.flatnonzero(of_key == of_key[again.argmax()])
        raise TableError(
            f"{shape.__name__} expects each {' + '.join(key(shape))} once; found {_listed(first)} in rows "
            f"{_listed(rows)}, and {again.sum()} such rows in all."
        )


def _rises(keys):
    """Whether each row comes after the one before it, by the first column that differs."""
    rises, equal = np.zeros(max(len(keys) - 1, 0), dtype=bool), True
    for name in keys:
        before, after = keys[name].array[:-1], keys[name].array[1:]
        rises |= equal & _sure(before < after)
        equal = equal & _sure(before == after)
    return bool(rises.all())


def _sure(compared):
    """Whether a comparison holds; with <NA> nothing does."""
    return np.asarray(pd.array(compared, dtype="boolean").fillna(False), dtype=bool)


def _refuse_misspelled_pairs(shape, frame):
    if {"a", "b"} <= set(key(shape)) and (wrong := frame["a"] >= frame["b"]).any():
        row = int(np.flatnonzero(wrong)[0])
        raise TableError(
            f"{shape.__name__} expects a < b, one spelling of each pair; found a={frame['a'][row]!r}, "
            f"b={frame['b'][row]!r} in row {row}."
        )


def _refuse_misplaced(passages):
    """Refuse passages of another text than their offsets are of: what is found in them could not be pointed at."""
    lengths = passages["text"].str.len().to_numpy(dtype=np.int64)
    wrong = np.flatnonzero(lengths != (passages["end"] - passages["start"]).to_numpy())
    if len(wrong):
        first = wrong[0]
        row = passages.iloc[first]
        raise TableError(
            f"Passages expects text of end - start characters; found {lengths[first]} characters from {row['start']} "
            f"to {row['end']} of {row['document_id']!r} in row {first}, and {len(wrong)} such rows in all. Split the "
            "documents again with corpus.split."
        )


def _explain(shape, faults):
    lines = []
    for (column, rule), group in faults.groupby([faults["column"].fillna("columns"), "check"], sort=True):
        rows = sorted({int(index) for index in group["index"].dropna()})
        where = f" in row{'s' * (len(rows) > 1)} {_listed(rows)}" if rows else ""
        lines.append(
            f"  {column}: expected {rule}; found {_listed(sorted(map(repr, set(group['failure_case']))))}{where}"
        )
    return f"This is not a table of {shape.__name__}:\n" + "\n".join(lines)


def _listed(values, at_most=5):
    shown = ", ".join(map(str, values[:at_most]))
    return shown + (f" and {len(values) - at_most} more" if len(values) > at_most else "")


@dataclass(frozen=True)
class DocumentTermMatrix:
    """Documents as weighted terms.

    Parameters
    ----------
    weights : scipy.sparse.csr_array, shape (n_rows, n_terms), float64, column indices sorted in each row
    document_ids : array of str, length n_rows
        The document of each row. Of passages, several rows may belong to one document.
    terms : array of str, length n_terms, in alphabetical order of code points
    """

    weights: sparse.csr_array
    document_ids: np.ndarray
    terms: np.ndarray

    def __post_init__(self):
        """Refuse labels that do not fit the matrix."""
        expected = (len(self.document_ids), len(self.terms))
        if self.weights.shape != expected:
            raise TableError(
                f"A DocumentTermMatrix of {expected[0]} document_ids and {expected[1]} terms needs weights of shape "
                f"{expected}; found {self.weights.shape}."
            )

    def __repr__(self):
        rows, terms = self.weights.shape
        return f"DocumentTermMatrix({rows} rows, {terms} terms, {self.weights.nnz} weights)"


@dataclass(frozen=True)
class Weighting:
    """What TF-IDF weights of a corpus rest on, so that documents of another corpus can be weighed alike.

    Parameters
    ----------
    terms : array of str, length n_terms, in alphabetical order of code points
    document_frequencies : array of int64, length n_terms
        Number of documents that hold each term, from 1 to ``n_documents``.
    n_documents : int
    options : dict
        Options by which the terms were made, of kinds that JSON can hold; see ``terms.fit``.
    """

    terms: np.ndarray
    document_frequencies: np.ndarray
    n_documents: int
    options: dict

    def __post_init__(self):
        """Refuse frequencies that do not fit the terms or the corpus, and terms out of order."""
        n_terms, held = len(self.terms), self.document_frequencies
        if not n_terms or held.shape != (n_terms,):
            raise TableError(
                f"A Weighting needs at least one term, and a document frequency for each; found {n_terms} terms and "
                f"{len(held)} frequencies."
            )
        if held.dtype != np.int64 or held.min() < 1 or held.max() > self.n_documents:
            raise TableError(
                f"A Weighting of {self.n_documents} documents needs document frequencies from 1 to "
                f"{self.n_documents} as int64; found {held.min()} to {held.max()} as {held.dtype}."
            )
        wrong = np.flatnonzero(self.terms[1:] <= self.terms[:-1])
        if len(wrong):
            raise TableError(
                f"A Weighting needs its terms in rising order, each once; found {self.terms[wrong[0]]!r} before "
                f"{self.terms[wrong[0] + 1]!r}."
            )

    def __repr__(self):
        return f"Weighting({len(self.terms)} terms, {self.n_documents} documents)"


@dataclass(frozen=True)
class TopicModel:
    """What a fit of topics leaves, so that it can be saved and documents be given topics later.

    Parameters
    ----------
    method : "nmf" or "lda"
    terms : array of str, length n_terms, in alphabetical order of code points
    topic_terms : array of float64, shape (n_topics, n_terms), none below 0
        Of LDA, each row sums to 1. Of NMF, the factor as it was fitted.
    inverse_frequencies : array of float64, length n_terms, or 0 where the model does not weigh terms itself
    options : dict
        What was asked for, of kinds that JSON can hold.
    fitted : dict
        How the fit ended: ``n_iterations`` and ``converged``; of LDA ``log_likelihood`` (of a token) and ``compiled``
        (which kernels computed), of NMF ``error`` (the share of the sum of squares that is left).
    """

    method: str
    terms: np.ndarray
    topic_terms: np.ndarray
    inverse_frequencies: np.ndarray
    options: dict
    fitted: dict

    def __post_init__(self):
        """Refuse arrays that do not fit each other."""
        n_terms, found = len(self.terms), self.topic_terms
        if found.ndim != 2 or found.shape[1] != n_terms or len(self.inverse_frequencies) not in (0, n_terms):
            raise TableError(
                f"A TopicModel of {n_terms} terms needs topics of as many terms, and as many inverse frequencies or "
                f"none; found topics of shape {found.shape} and {len(self.inverse_frequencies)} frequencies."
            )
        if not (np.isfinite(found).all() and (found >= 0).all()):
            raise TableError("A TopicModel needs weights of 0 or more; found one that is below 0 or no number.")

    def __repr__(self):
        return f"TopicModel({self.method}, {len(self.topic_terms)} topics, {len(self.terms)} terms)"


@dataclass(frozen=True)
class Page:
    """A page for a browser: one HTML document that needs no other file and no network.

    Parameters
    ----------
    title : str
    html : str
        The whole document, from ``<!doctype html>`` on.
    height : int
        Pixels that a notebook gives it.
    """

    title: str
    html: str
    height: int = 480

    def __post_init__(self):
        """Refuse a part of a page: saved as a file, it would be shown without its letters or its style."""
        if not self.html.startswith("<!doctype html>"):
            raise TableError(f"A Page needs a whole document from <!doctype html> on; found {self.html[:40]!r}.")

    def _repr_html_(self):
        if len(self.html) > LARGEST_SHOWN:
            size = f"{len(self.html) / 1e6:.1f} million characters, too many for a notebook"
            return f"<p>“{escape(self.title)}” has {size}. Save it, and open it in a browser.</p>"
        # A frame of its own: neither what a report contains nor a script of the page reaches the notebook around it.
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self.html)}" '
            'sandbox="allow-scripts allow-downloads" '
            f'style="width:100%;height:{self.height}px;border:1px solid #d9d9d9"></iframe>'
            "<small>Nothing above? Trust this notebook (command palette), or open the page where it was saved.</small>"
        )

    def __repr__(self):
        return f"Page({self.title!r}, {len(self.html):,} characters)"
