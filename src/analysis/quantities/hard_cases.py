"""The quantities most worth a reader's check, with no reason, story or value crowding out the others."""

import numpy as np
import pandas as pd

from analysis import lexicon, tables
from analysis.quantities import reasons

AT_MOST = 50
_HAPPENS_TO = ("people", "children", "households")
_BATCH = 100_000


class HardestError(ValueError):
    """The hardest cases cannot be listed as asked; the message says what was expected and what was found."""


def hardest(quantities, passages, *, clusters=None, decided=None, at_most=AT_MOST):
    """Return the quantities most worth a check, with the reasons in words.

    The score is the sum of the points of the reasons (``lexicon/reasons.csv``), doubled for people to whom something
    happened, because they become claims. From one rank to the next a reason that was listed *n* times counts
    1 / (1 + n) of its points. Among equals the larger value goes first. No story is listed again before every other
    story was, nor a value of one thing; what several documents print in the same sentence is listed once.

    Parameters
    ----------
    quantities : DataFrame of ``tables.Quantities``
    passages : DataFrame of ``tables.Passages``
        The sentences they were read from.
    clusters : DataFrame of ``tables.Clusters``, optional
        A cluster is a story; without it each document is one.
    decided : DataFrame of ``tables.Corrections``, optional
        What somebody has decided already is left out.
    at_most : int, default 50

    Returns
    -------
    DataFrame of ``tables.Hardest``

    Raises
    ------
    HardestError
        ``at_most`` is not a whole number above 0.
    TableError
        A table breaks its shape, or a quantity does not stand in the passages.
    """
    if not isinstance(at_most, int) or isinstance(at_most, bool) or at_most < 1:
        raise HardestError(f"at_most expects a whole number above 0; found {at_most!r}.")
    quantities = tables.check(tables.Quantities, quantities)
    passages = tables.check(tables.Passages, passages)
    doubts, prints = _read_through(quantities, passages)
    cases = _cases(quantities, prints, _stories(quantities, clusters))
    factor = np.where(_becomes_claim(quantities), 2, 1)
    score = doubts @ _points() * factor
    is_open = (score > 0) & ~_is_decided(quantities, decided)
    open_rows = np.flatnonzero(is_open)[~cases.loc[is_open, "print"].duplicated()]
    chosen = _diverse(cases, doubts, factor, open_rows, at_most)
    listed = (
        quantities[["document_id", "start", "end", "surface"]]
        .iloc[chosen]
        .assign(
            rank=range(1, len(chosen) + 1),
            score=score[chosen],
            reasons=[_in_words(doubts[row]) for row in chosen],
            n_copies=cases["n_copies"].iloc[chosen],
            story=cases["story"].iloc[chosen],
        )
    )
    listed["sentence"] = reasons.located(listed, passages)["sentence"]
    return tables.check(tables.Hardest, listed)


def _read_through(quantities, passages):
    """Which reasons hold, and a number for each place of each sentence; some documents at a time, to save memory."""
    doubts = np.zeros((len(quantities), len(lexicon.rows("reasons"))), dtype=bool)
    prints = np.zeros(len(quantities), dtype=np.uint64)
    for rows, own in _batches(quantities, passages):
        flags, places = reasons.of(quantities.iloc[rows], own)
        doubts[rows] = flags.to_numpy()
        # Two sentences with one hash are less likely than a fault of the machine.
        sentences = pd.util.hash_array(places["sentence"].to_numpy(dtype=object))
        prints[rows] = sentences + places["inner"].to_numpy().astype(np.uint64)
    return doubts, prints


def _batches(quantities, passages):
    """Rows of whole documents, about as many as a batch holds, and the passages of these documents."""
    first = 0
    while first < len(quantities):
        document_ids = quantities["document_id"].iloc[first : first + _BATCH]
        last = quantities["document_id"].searchsorted(document_ids.iloc[-1], side="right")
        begin = passages["document_id"].searchsorted(document_ids.iloc[0], side="left")
        end = passages["document_id"].searchsorted(document_ids.iloc[-1], side="right")
        yield slice(first, last), passages.iloc[begin:end].reset_index(drop=True)
        first = last


def _cases(quantities, prints, stories):
    """What tells one case from another: its story, its value and thing, and the place in the sentence it is printed."""
    prints = pd.Series(prints, index=quantities.index)
    finite = quantities["high"].where(np.isfinite(quantities["high"]), quantities["low"]).abs()
    things = quantities.groupby(["low", "high", "counted_class", "event", "unit"], dropna=False, sort=True).ngroup()
    return pd.DataFrame(
        {
            "print": prints,
            "n_copies": prints.map(prints.value_counts()) - 1,
            "story": stories,
            "value": finite.where(np.isfinite(finite), 0),
            "thing": things,
        }
    )


def _stories(quantities, clusters):
    if clusters is None:
        return quantities["document_id"]
    known = tables.check(tables.Clusters, clusters).set_index("document_id")["representative"]
    return quantities["document_id"].map(known).fillna(quantities["document_id"])


def _becomes_claim(quantities):
    return (quantities["counted_class"].isin(_HAPPENS_TO) & (quantities["event"] != "")).to_numpy()


def _is_decided(quantities, decided):
    if decided is None:
        return np.zeros(len(quantities), dtype=bool)
    decided = tables.check(tables.Corrections, decided)
    keys = [pd.MultiIndex.from_frame(table[["document_id", "start"]]) for table in (quantities, decided)]
    return keys[0].isin(keys[1][decided["decision"] != ""])


# ---- not one reason fifty times


def _diverse(cases, doubts, factor, rows, at_most):
    """Return some of ``rows`` in the order they are to be read."""
    story, thing = (pd.factorize(cases[name])[0] for name in ("story", "thing"))
    kinds, of_kind = _kinds(cases, doubts, factor, rows)
    waiting, chosen = np.zeros(len(cases), dtype=bool), []
    waiting[rows] = True
    told, is_new_story, is_new_thing = np.zeros(doubts.shape[1]), np.ones(len(cases), bool), np.ones(len(cases), bool)
    while len(chosen) < min(at_most, len(rows)):
        worth, score = (kinds[:, 1:] @ points * kinds[:, 0] for points in (_points() / (1 + told), _points()))
        fresh = (is_new_story[story], is_new_thing[thing], waiting)
        row = _first(of_kind, np.lexsort((-score, -worth)), np.logical_and.reduce(fresh))
        if row is None:  # each story and value was listed: begin anew with what is left of them
            is_new_story[:], is_new_thing[:] = True, True
            continue
        waiting[row], is_new_story[story[row]], is_new_thing[thing[row]] = False, False, False
        told += doubts[row]
        chosen.append(row)
    return chosen


def _kinds(cases, doubts, factor, rows):
    """Different sets of reasons, each with its factor in front, and the rows of each, the largest value first."""
    names = pd.factorize(cases["story"], sort=True)[0]
    order = rows[np.lexsort((rows, names[rows], -cases["value"].to_numpy()[rows]))]
    seen = np.column_stack([factor, doubts])[order].astype(np.int64)
    kinds, number = np.unique(seen, axis=0, return_inverse=True)
    by_number = np.argsort(number.ravel(), kind="stable")
    return kinds, np.split(order[by_number], np.cumsum(np.bincount(number.ravel(), minlength=len(kinds)))[:-1])


def _first(of_kind, order, is_fresh):
    """The first fresh row of the first kind that has one, or None."""
    for kind in order:
        rows = of_kind[kind]
        fresh = np.flatnonzero(is_fresh[rows])
        if len(fresh):
            return int(rows[fresh[0]])
    return None


def _points():
    return np.array([int(row["points"]) for row in lexicon.rows("reasons")])


def _in_words(doubts):
    """The reasons of one quantity, the weightiest first."""
    told = [row for row, holds in zip(lexicon.rows("reasons"), doubts, strict=True) if holds]
    return "; ".join(row["words"] for row in sorted(told, key=lambda row: -int(row["points"])))
