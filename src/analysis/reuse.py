"""Passages that two reports share word for word, and who printed them first."""

from collections import defaultdict

import pandas as pd

from analysis import spans, tables


def find(documents, *, pairs=None, min_words=8):
    """Return the passages of ``min_words`` words or more that two documents share word for word.

    Case, punctuation and the shape of apostrophes do not count; the offsets point at the passage as it stands. Passages
    are chosen longest first and do not overlap within a pair (greedy string tiling; Wise 1993), so that a word is
    counted once.

    Parameters
    ----------
    documents : DataFrame of ``tables.Documents``
    pairs : DataFrame with the columns ``a`` and ``b``, optional
        Only these pairs are compared; every pair when not given.
    min_words : int, default 8

    Returns
    -------
    DataFrame of ``tables.SharedPassages``
        ``documents.text[a_start:a_end]`` and ``[b_start:b_end]`` are the passage in both; ``quoted`` says that it
        stands inside quotation marks in both, so that both report the same words rather than copy each other;
        ``first`` is the document that was published earlier, "" where a date is missing or the times are equal.

    Raises
    ------
    ValueError, tables.TableError
        ``min_words`` is below 2, or ``pairs`` name a document that is not there or spell a pair other than ``a < b``.
    """
    if not min_words >= 2:
        raise ValueError(f"min_words is a number of words: expected 2 or more; found {min_words}.")
    ordered = documents.sort_values("document_id")
    words = {i: spans.words(text) for i, text in zip(ordered["document_id"], ordered["text"], strict=True)}
    quotations = {i: spans.quotations(text) for i, text in zip(ordered["document_id"], ordered["text"], strict=True)}
    published = dict(zip(ordered["document_id"], ordered["published"], strict=True))
    wanted = None if pairs is None else _wanted(pairs, published)
    rows = [
        {
            "a": a,
            "b": b,
            "first": _first(a, b, published),
            **_placed(words[a], words[b], run, quotations[a], quotations[b]),
        }
        for a, b, seeds in _seeds(words, min_words, wanted)
        for run in _tiles(words[a], words[b], seeds, min_words)
    ]
    return tables.check(tables.SharedPassages, pd.DataFrame(rows, columns=tables.columns(tables.SharedPassages)))


def _wanted(pairs, known):
    wanted = set(zip(pairs["a"], pairs["b"], strict=True))
    if strangers := {name for pair in wanted for name in pair} - set(known):
        raise tables.TableError(f"pairs name {min(strangers)!r}, which is not among the {len(known)} documents.")
    if misspelled := sorted((a, b) for a, b in wanted if a >= b):
        raise tables.TableError(f"pairs are spelled a < b; found a={misspelled[0][0]!r}, b={misspelled[0][1]!r}.")
    return wanted


def _seeds(words, length, wanted):
    """Yield (a, b, [(i, j)]) in the order of pairs: places where the same ``length`` words begin in both."""
    places, holders = _shared_runs(words, length)
    for a in words:
        # One pair after another: the places of all pairs at once fill the memory when all reports end in the same line.
        for b in sorted({b for run in places[a] for b in holders[run] if b > a}):
            if wanted is None or (a, b) in wanted:
                same = places[a].keys() & places[b].keys()
                yield a, b, [(i, j) for run in same for i in places[a][run] for j in places[b][run]]


def _shared_runs(words, length):
    """({document: {run: its places}}, {run: documents}) of runs of words, numbered, in two documents or more."""
    found = defaultdict(list)
    for document_id, spelled in words.items():
        forms = [form for _, _, form in spelled]
        for i in range(len(forms) - length + 1):
            found[tuple(forms[i : i + length])].append((document_id, i))
    places, holders = {document_id: defaultdict(list) for document_id in words}, {}
    for run, standing in enumerate(found.values()):
        documents = {document_id for document_id, _ in standing}
        if len(documents) > 1:
            holders[run] = documents
            for document_id, i in standing:
                places[document_id][run].append(i)
    return places, holders


def _tiles(words_a, words_b, seeds, length):
    """Runs (i, j, n) of equal words, longest first, none overlapping another in either document."""
    forms_a, forms_b = [form for *_, form in words_a], [form for *_, form in words_b]
    runs = sorted((_run(forms_a, forms_b, i, j) for i, j in _run_starts(seeds)), key=lambda run: (-run[2], run[:2]))
    used_a, used_b, chosen = set(), set(), []
    while runs:
        i, j, n = runs.pop(0)
        free = _free_parts(i, j, n, used_a, used_b)
        if free == [(i, j, n)]:
            chosen.append((i, j, n))
            used_a.update(range(i, i + n))
            used_b.update(range(j, j + n))
        else:
            runs = sorted([*runs, *(part for part in free if part[2] >= length)], key=lambda run: (-run[2], run[:2]))
    return chosen


def _run_starts(seeds):
    """Seeds that no seed precedes on the same diagonal: each begins one run."""
    known = set(seeds)
    return [(i, j) for i, j in seeds if (i - 1, j - 1) not in known]


def _run(forms_a, forms_b, i, j):
    n = 0
    while i + n < len(forms_a) and j + n < len(forms_b) and forms_a[i + n] == forms_b[j + n]:
        n += 1
    return i, j, n


def _free_parts(i, j, n, used_a, used_b):
    """The parts of a run in which no word is taken yet."""
    parts, begin = [], None
    for k in range(n + 1):
        taken = k == n or i + k in used_a or j + k in used_b
        if not taken and begin is None:
            begin = k
        if taken and begin is not None:
            parts.append((i + begin, j + begin, k - begin))
            begin = None
    return parts


def _placed(words_a, words_b, run, quotations_a, quotations_b):
    i, j, n = run
    a_start, a_end = words_a[i][0], words_a[i + n - 1][1]
    b_start, b_end = words_b[j][0], words_b[j + n - 1][1]
    return {
        "a_start": a_start,
        "b_start": b_start,
        "a_end": a_end,
        "b_end": b_end,
        "n_words": n,
        "quoted": spans.inside(a_start, a_end, quotations_a) and spans.inside(b_start, b_end, quotations_b),
    }


def _first(a, b, published):
    if published[a] < published[b]:
        return a
    return b if published[b] < published[a] else ""


def quote(shared_passages, documents):
    """Return shared passages with a column ``passage``: the words as they stand in ``a``."""
    texts = dict(zip(documents["document_id"], documents["text"], strict=True))
    passages = [
        texts[a][start:end]
        for a, start, end in shared_passages[["a", "a_start", "a_end"]].itertuples(index=False, name=None)
    ]
    return shared_passages.assign(passage=passages)
