"""Passages to the table of quantities: what may be asked, and batches that cores or machines read side by side."""

import pandas as pd
from joblib import Parallel, delayed

from analysis import tables
from analysis.quantities import parses, rows
from analysis.quantities import speakers as naming

VAGUE = ("none", "acled", "cqe")
_BATCH = 2_000_000


class QuantitiesError(ValueError):
    """An option can not be used; the message says what was expected and what was found."""


def extract(passages, *, documents=None, vague="none", speakers=None, parser=None, n_jobs=-1, batch_size=_BATCH):
    """Return the numbers stated in passages, with their bounds, what is counted, and who says so.

    Parameters
    ----------
    passages : DataFrame of ``tables.Passages``
        Sentences of documents; row order does not matter.
    documents : DataFrame of ``tables.Documents``, optional
        Their titles say where, for quantities of which no sentence up to theirs does.
    vague : {"none", "acled", "cqe"}, default "none"
        What ``low`` and ``high`` of a vague word ("dozens") are: NaN; the floor that ACLED's coders use; or the
        interval of Almasian et al. (2023, "CQE: A Comprehensive Quantity Extractor"), by ``lexicon/vague.csv``. Where
        a convention states nothing they stay NaN.
    speakers : DataFrame or path of a CSV file, optional
        Labels of speakers to be joined under one name, with the columns label, name, kind and, if wished, context; they
        go before those of ``lexicon/speakers.csv``. Kinds are official, armed party, NGO or UN, media, witness,
        document and unnamed.
    parser : spaCy pipeline, optional
        Where it says which noun a number modifies, that noun is counted; where no rule names a speaker, the subject of
        the reporting verb above the number is one. Needs a dependency parse ("en_core_web_sm" has one); the result then
        depends on the model as well. Of fewer than two batches, or with ``n_jobs=1``, it is not copied.
    n_jobs : int or None, default -1
        How many processes read batches side by side; -1 is one for each core, None what ``joblib.parallel_config``
        says. The backend is joblib's: within ``joblib.parallel_config(backend="dask")`` a cluster reads them.
    batch_size : int, default 2,000,000
        Characters of text in a batch of whole documents; memory beyond the two tables is bounded by it. Neither it nor
        ``n_jobs`` changes the result. A single batch is read without further processes.

    Returns
    -------
    DataFrame of ``tables.Quantities``
        One row for each number, in the order of the text. Years, dates, clock times, ordinals and numbers in names are
        no quantities. "At least 12" is low 12, high inf, and "at most 12" low -inf, high 12: an end that nobody stated
        is infinite, not 0. "No deaths" is 0. Of a score, 2-1, low is the smaller and high the larger number. "Rose from
        31 to 45" is two quantities, "aged from 31 to 45" one. A share ("a third of") is of kind "rate" and between 0
        and 1; "63 percent" is 63. The speaker of an unattributed quantity is "".

    Raises
    ------
    QuantitiesError
        ``vague`` names no convention, or ``batch_size`` is not a positive number.
    SpeakersError
        ``speakers`` is not a table of speakers.
    ParserError
        ``parser`` has no ``pipe``.
    TableError
        ``passages`` is not a table of passages, or ``documents`` none of documents.
    """
    if vague not in VAGUE:
        raise QuantitiesError(f"vague expects one of {', '.join(VAGUE)}; found {vague!r}.")
    if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
        raise QuantitiesError(f"batch_size expects a whole number of characters above 0; found {batch_size!r}.")
    parses.refuse_other(parser)
    reading = rows.Reading(vague, naming.known(speakers), parser)
    passages = tables.check(tables.Passages, passages)
    titles = _titles(documents)
    bounds_of = _batches(passages, batch_size)
    batches = (passages[["document_id", "start", "text"]].iloc[first:last] for first, last in bounds_of)
    if len(bounds_of) > 1:
        tasks = (delayed(rows.of_batch)(batch, _of(titles, batch), reading) for batch in batches)
        found = Parallel(n_jobs=n_jobs)(tasks)
    else:
        found = [rows.of_batch(batch, titles, reading) for batch in batches]
    columns = tables.columns(tables.Quantities)
    return tables.check(tables.Quantities, pd.concat(found) if found else pd.DataFrame(columns=columns))


def _batches(passages, batch_size):
    """Return ``(first, last)`` rows of batches of whole documents, each of about ``batch_size`` characters."""
    found, first, n_characters = [], 0, 0
    document_ids, lengths = passages["document_id"].tolist(), passages["text"].str.len().tolist()
    for row, length in enumerate(lengths):
        if n_characters >= batch_size and document_ids[row] != document_ids[row - 1]:
            found.append((first, row))
            first, n_characters = row, 0
        n_characters += length
    return found + ([(first, len(lengths))] if lengths else [])


def _titles(documents):
    """document_id → title, of documents that have one."""
    if documents is None:
        return {}
    documents = tables.check(tables.Documents, documents)
    return dict(zip(documents["document_id"], documents["title"], strict=True))


def _of(titles, passages):
    """The titles of the documents of some passages; a process of its own is sent no more."""
    return {name: titles[name] for name in passages["document_id"].unique() if titles.get(name)}
