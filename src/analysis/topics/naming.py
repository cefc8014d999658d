"""The verb ``names``: what a user calls the topics, from a CSV that says which topics it means."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import tables
from analysis.topics.alignment import aligned, first_terms
from analysis.topics.errors import TopicsError, refuse_whole
from analysis.topics.matching import distinctive
from analysis.topics.shares import term_matrix

_COLUMNS = ("topic", "name", "note", "terms")


def names(topic_terms, path=None, *, n_terms=10):
    """Return what each topic is called, and a label that says its number first.

    Without a file the table has no names: saved, it is the CSV to write them into. With one, each name stands beside
    the terms of the topic it was given to, and a topic that has other first terms now is not given the name: the file
    is of another fit, and is refused. Topics keep their numbers, whatever they are called.

    Parameters
    ----------
    topic_terms : DataFrame of ``tables.TopicTerms``
    path : str or Path, optional
        A CSV with the columns ``topic``, ``name`` and ``terms``, and ``note`` if you like; other columns are not read.
        Topics may be left out, or have no name.
    n_terms : int, default 10
        How many first terms a topic is known by; of a file, as many as stand in it.

    Returns
    -------
    DataFrame of ``tables.TopicNames``
        ``label`` is "3 · Elections", or where there is no name the three terms that distinguish the topic most, as in
        ``match``: "3: poll, vote, labour".

    Raises
    ------
    TopicsError
        The file is not such a CSV, names a topic twice or one that is not there, or its terms are not those of the
        topics now. All such rows are listed, each with the topic that is most like it now.
    """
    refuse_whole("n_terms", n_terms, least=1)
    terms, weights = term_matrix(topic_terms)
    firsts = first_terms(terms, weights, n_terms)
    given = _read(Path(path), len(firsts)) if path else {}
    _refuse_others(given, terms, weights, path)
    rows = [(topic, *given.get(topic, ("", "", ""))[:2], ", ".join(first)) for topic, first in enumerate(firsts)]
    found = pd.DataFrame(rows, columns=_COLUMNS)
    own = first_terms(terms, distinctive(weights), 3)
    labels = [f"{topic} · {name}" if name else f"{topic}: {', '.join(own[topic])}" for topic, name, *_ in rows]
    return tables.check(tables.TopicNames, found.assign(label=labels))


def _read(path, n_topics):
    """Topic → (name, note, terms) of the rows that have a name."""
    given = {}
    for number, row in enumerate(_rows(path), start=2):
        if not (row["name"] or "").strip():
            continue
        text = (row["topic"] or "").strip()
        topic = int(text) if text.isascii() and text.isdigit() else -1
        if not 0 <= topic < n_topics:
            raise TopicsError(
                f"{path.name}, row {number}, topic: expected a number from 0 to {n_topics - 1}; found {text!r}. "
                "Names of another fit are for other topics."
            )
        if topic in given:
            raise TopicsError(f"{path.name}, row {number}, topic: expected each topic once; found {topic} again.")
        given[topic] = tuple(" ".join((row.get(name) or "").split()) for name in _COLUMNS[1:])
    return given


def _rows(path):
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise TopicsError(f"There is no file of names {path}. Save topics.names(topic_terms) and fill it in.") from None
    except UnicodeDecodeError:
        raise TopicsError(f"{path.name} is not UTF-8. Save it as “CSV UTF-8”.") from None
    first = text.partition("\n")[0]
    # A spreadsheet in a country with decimal commas writes semicolons.
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count))
    lacking = [name for name in ("topic", "name", "terms") if name not in (reader.fieldnames or [])]
    if lacking:
        raise TopicsError(
            f"{path.name} needs the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; found "
            f"{', '.join(reader.fieldnames or []) or 'nothing'}. terms are the first terms of the topic, by which "
            "names of another fit are noticed: save topics.names(topic_terms) and write the names into it."
        )
    return list(reader)


def _refuse_others(given, terms, weights, path):
    """Raise where a topic was named for other terms than it has now."""
    if not given:
        return
    named = {topic: [term.strip() for term in row[2].split(",") if term.strip()] for topic, row in given.items()}
    place = {term: column for column, term in enumerate(terms)}
    changed = [topic for topic, first in named.items() if not _are_first(first, weights[topic], place)]
    if changed:
        lines = [_changed(topic, given[topic][0], named[topic], terms, weights) for topic in changed]
        raise TopicsError(
            f"{Path(path).name} was written for other topics: {len(changed)} of {len(named)} names stand beside terms "
            "that are not those of their topic now.\n"
            + "\n".join(lines)
            + "\nLook at each topic, and correct topic and "
            "terms of its row, or take the name away."
        )


def _are_first(named, weights, place):
    """Whether no other term weighs more than those named; of equals, but for rounding, any may be the last."""
    columns = sorted({place.get(term, -1) for term in named})
    if not columns or columns[0] < 0:
        return False
    others = np.delete(weights, columns)
    return bool(0 < weights[columns].min() >= others.max(initial=0) * (1 - 1e-6))


def _changed(topic, name, first, terms, weights):
    if not first:
        return f"  {topic} · {name}: no terms beside it; topic {topic} has {_listed(terms, weights, topic, 10)}"
    others = first_terms(terms, weights, len(first))
    place, agreement = aligned([first], others)
    like = int(place[0])
    return (
        f"  {topic} · {name}: for {', '.join(first)}; most like it now is topic {like}, which agrees by "
        f"{agreement[0]:.2f}: {_listed(terms, weights, like, len(first))}"
    )


def _listed(terms, weights, topic, n_terms):
    return ", ".join(first_terms(terms, weights[[topic]], n_terms)[0])
