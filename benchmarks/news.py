"""Synthetic news: reports of events, by outlets, with planted copies and a table of which they are.

``python benchmarks/news.py 100000 FOLDER`` writes ``documents.parquet`` and ``truth.parquet``. No text of others is
used: the words are made of syllables, but for the most common English function words, which have no author. Every
report follows from ``random_state``, the number of documents and its own place by hashes of whole numbers, so that the
same call gives the same bytes, in chunks of any size and on any number of threads.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import wording

FIRST_DAY = np.datetime64("2024-01-01", "m")
SHARE_IN_CLUSTERS = 0.18
LARGEST_CLUSTER = 32
REPORTS_PER_EVENT = 15
N_OUTLETS = 240
_CHUNK = 4096  # reports written at once; the answer does not depend on it

_CHANGES = {
    "truncated": wording.TRUNCATED,
    "reordered": wording.REORDERED,
    "substituted": wording.SUBSTITUTED,
    "boilerplate": wording.BOILERPLATE,
}
# How common each kind of copy is, in twentieths: the four alone, unchanged, and the ways they are met together.
_KINDS_OF_COPIES = [0] * 2 + [1] * 3 + [2] * 2 + [4] * 3 + [8] * 2 + [9, 5, 12, 13, 3, 7, 13]
_PAPERS = ["Post", "Times", "Herald", "Tribune", "News", "Gazette", "Courier", "Observer", "Star", "Journal"]

_DRAWS = ["sizes", "order", "kind", "event", "weight", "topic", "start", "delay", "outlet", "copy"]
_DRAWS += ["report", "happening", "theme", "house", "headline", "credit"]
_SALTS = {name: np.uint64(salt) for salt, name in enumerate(_DRAWS, start=1)}


@dataclass(frozen=True)
class Plan:
    """What is decided of each report before a word of it is written; all arrays are in the order of documents."""

    original: np.ndarray  # row of the report it was copied from, its own if it is none
    change: np.ndarray  # what was changed in copying, a sum of the constants in wording
    topic: np.ndarray
    event: np.ndarray
    outlet: np.ndarray
    published: np.ndarray  # minutes since 1970
    random_state: int

    def __len__(self):
        """Count the reports."""
        return len(self.original)


def generate(n_documents, *, random_state, days=365):
    """Return synthetic news and the truth about it.

    Parameters
    ----------
    n_documents : int, at least 1
    random_state : int, 0 or more
    days : int, default 365
        Reports are published within this many days, from 1 January 2024 on.

    Returns
    -------
    documents : DataFrame of ``analysis.tables.Documents``
        In the order of ``document_id``; 2.5 KB of text a report on average.
    truth : DataFrame
        ``document_id``; ``story``, the ``document_id`` of the report it is a copy of, or its own; ``kind``: "original",
        "exact", "truncated", "reordered", "substituted", "boilerplate", or several of the last four joined by "+".

    Raises
    ------
    ValueError
        An argument is out of range.
    """
    plan = planned(n_documents, random_state=random_state, days=days)
    parts = list(written(plan))
    documents = pa.Table.from_batches(parts).to_pandas(types_mapper=_to_text)
    return documents, truth_of(plan)


def planned(n_documents, *, random_state, days=365):
    """Decide which report copies which, and the topic, event, outlet and hour of each."""
    _refuse(n_documents, random_state, days)
    seed = int(wording.mixed(np.array([random_state], dtype=np.uint64))[0])
    sizes = _cluster_sizes(n_documents, seed)
    # Slots are laid out cluster by cluster and then scattered over the rows.
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    change = np.where(first == np.arange(n_documents), 0, _choice(_KINDS_OF_COPIES, _hashes(seed, "kind", n_documents)))
    row_of = np.argsort(np.argsort(_hashes(seed, "order", n_documents), kind="stable"), kind="stable")
    event, topic, begun = _events(n_documents, first, seed, days)
    outlet, published = _printed(first, begun, seed, days)
    arrays = {"original": row_of[first], "change": change, "topic": topic, "event": event}
    arrays |= {"outlet": outlet, "published": published}
    slot_of = np.argsort(row_of, kind="stable")
    return Plan(random_state=random_state, **{name: values[slot_of] for name, values in arrays.items()})


def written(plan, *, chunk=_CHUNK, n_threads=2):
    """Yield the reports of ``plan`` as Arrow record batches of ``chunk`` rows, in order, holding a few at a time."""
    begins = range(0, len(plan), chunk)
    house = _house_style(plan.random_state)
    with ThreadPoolExecutor(n_threads) as pool:
        waiting = []
        for begin in begins:
            waiting.append(pool.submit(_batch, plan, house, np.arange(begin, min(begin + chunk, len(plan)))))
            if len(waiting) > n_threads:
                yield waiting.pop(0).result()
        for batch in waiting:
            yield batch.result()


def truth_of(plan):
    """Return the truth table of ``plan``, as ``generate`` describes it."""
    names = _document_ids(np.arange(len(plan)))
    copied = plan.original != np.arange(len(plan))
    kinds = np.array([_kind(change) for change in range(16)], dtype=object)
    kind = np.where(copied, kinds[plan.change], "original")
    return pd.DataFrame({"document_id": names, "story": names[plan.original], "kind": kind}).astype("str")


def write(n_documents, folder, *, random_state=0, days=365):
    """Write ``documents.parquet`` and ``truth.parquet`` to ``folder``, a part at a time; return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    plan = planned(n_documents, random_state=random_state, days=days)
    paths = folder / "documents.parquet", folder / "truth.parquet"
    options = {"compression": "zstd", "compression_level": 1, "use_dictionary": ["outlet", "published_basis"]}
    with pq.ParquetWriter(paths[0], _SCHEMA, **options) as writer:
        for batch in written(plan):
            writer.write_batch(batch)
    truth_of(plan).to_parquet(paths[1], index=False)
    return paths


def _refuse(n_documents, random_state, days):
    for name, value, least in (("n_documents", n_documents, 1), ("random_state", random_state, 0), ("days", days, 1)):
        if int(value) != value or not least <= value < 2**63:
            raise ValueError(f"{name} is a whole number of {least} or more, below 2**63; found {value!r}.")


def _hashes(seed, name, n, parent=None):
    """One 64-bit hash for each of n things, or for each number in ``parent``."""
    salt = wording.mixed(np.array([seed], dtype=np.uint64) ^ (_SALTS[name] << np.uint64(32)))
    return wording.mixed(np.arange(n, dtype=np.uint64) + salt if parent is None else parent.astype(np.uint64) + salt)


def _uniform(hashes):
    """Shares in [0, 1) of 32 bits: products of them are the same on every machine."""
    return (hashes >> np.uint64(32)).astype(np.float64) / 2**32


def _choice(values, hashes):
    return np.asarray(values)[(hashes % np.uint64(len(values))).astype(np.int64)]


def _weighted(weights, hashes):
    """Places drawn with these whole-number weights."""
    ends = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(ends, (hashes % np.uint64(ends[-1])).astype(np.int64), side="right")


def _cluster_sizes(n_documents, seed):
    """Sizes of clusters, largest share small, tail heavy (size ** -2.4); the rest of the reports stand alone."""
    sizes = np.arange(2, LARGEST_CLUSTER + 1)
    weights = np.round(1e9 * sizes**-2.4).astype(np.int64)
    drawn = sizes[_weighted(weights, _hashes(seed, "sizes", max(1, n_documents // 4)))]
    in_clusters = round(SHARE_IN_CLUSTERS * n_documents)
    drawn = drawn[np.cumsum(drawn) <= in_clusters]
    return np.concatenate([drawn, np.ones(n_documents - drawn.sum(), dtype=np.int64)])


def _events(n_documents, first, seed, days):
    """Event and topic of each slot, and the minute its event began; a copy has those of its original."""
    n_events = max(1, n_documents // REPORTS_PER_EVENT)
    weight = _hashes(seed, "weight", n_events)
    # Most events are reported a few times, some very often.
    weights = 40 + (400 * _uniform(weight) ** 4).astype(np.int64)
    event = _weighted(weights, _hashes(seed, "event", 0, first))
    topic_weights = 10_000_000 // (np.arange(wording.N_TOPICS) + 60)
    topic = _weighted(topic_weights, _hashes(seed, "topic", n_events))
    begun = (_uniform(_hashes(seed, "start", n_events)) * 0.96 * days * 1440).astype(np.int64)
    return event, topic[event], begun[event]


def _printed(first, begun, seed, days):
    """Outlet of each slot and its minute: reports follow their event, copies their original, mostly elsewhere."""
    outlets = 1_000_000 // (np.arange(N_OUTLETS) + 20)
    own = _weighted(outlets, _hashes(seed, "outlet", len(first)))
    shares = _uniform(_hashes(seed, "delay", 0, first))
    minute = begun + (shares * shares * min(7, 0.025 * days) * 1440).astype(np.int64)
    late = _uniform(_hashes(seed, "copy", len(first)))
    copied = first != np.arange(len(first))
    minute = minute + np.where(copied, 20 + late * late * late * (min(4, 0.014 * days) * 1440 - 20), 0).astype(np.int64)
    return own, FIRST_DAY.astype(np.int64) + minute


def _kind(change):
    """The name of a copy's changes."""
    return "+".join(name for name, bit in _CHANGES.items() if change & bit) or "exact"


def _document_ids(rows):
    return np.array([f"n{row:08d}" for row in rows], dtype=object)


def _house_style(random_state):
    """Names of outlets, and those who are credited: agencies first, then reporters."""
    base = 200_000_000 + 1000 * (random_state % 1000)
    places = wording.names(base + np.arange(N_OUTLETS))
    outlets = [f"The {place} {_PAPERS[i % len(_PAPERS)]}" for i, place in enumerate(places)]
    people = wording.names(base + 300 + np.arange(400))
    credited = [f"{name} News Agency" for name in people[:8]]
    credited += [f"By {first} {last}" for first, last in zip(people[8:200], people[208:], strict=False)]
    return {"outlet": pa.array(outlets), "credit": pa.array(credited)}


def _batch(plan, house, rows):
    """Write the reports of these rows."""
    seed = int(wording.mixed(np.array([plan.random_state], dtype=np.uint64))[0])
    base, change = plan.original[rows], plan.change[rows]
    plans = np.column_stack([plan.topic[rows], plan.event[rows], change])
    parents = {"report": rows, "original": base, "happening": plan.event[rows], "theme": plan.topic[rows]}
    parents["house"] = plan.outlet[rows]
    keys = np.column_stack(
        [_hashes(seed, "report" if name == "original" else name, 0, of) for name, of in parents.items()]
    )
    headlined = np.where(change & wording.SUBSTITUTED, rows, base)
    columns = {
        "document_id": pa.array(_document_ids(rows), pa.large_string()),
        "outlet": house["outlet"].take(pa.array(plan.outlet[rows])).cast(pa.large_string()),
        "published": pa.array(plan.published[rows] * 60_000_000).cast(_SCHEMA.field("published").type),
        "published_basis": pa.array(["header"] * len(rows), pa.large_string()),
        "title": _strings(wording.write_headlines, 512, plans, _hashes(seed, "headline", 0, headlined)),
        "credit": house["credit"].take(_credited(plan, rows, seed)).cast(pa.large_string()),
        "text": _strings(wording.write_reports, wording.LONGEST, plans, keys),
    }
    return pa.RecordBatch.from_pydict(columns, schema=_SCHEMA)


def _credited(plan, rows, seed):
    """Who is credited: an agency for a wire story and its copies, a reporter of the outlet for others."""
    base = plan.original[rows]
    drawn = _hashes(seed, "credit", 0, base)
    reporter = 8 + (wording.mixed(plan.outlet[rows].astype(np.uint64) * np.uint64(8) + drawn % np.uint64(8)) % 190)
    wire = (base != rows) | (drawn >> np.uint64(60) < 4)
    return pa.array(np.where(wire, drawn % np.uint64(8), reporter).astype(np.int64))


def _strings(write_into, longest, plans, keys):
    """Arrow strings of what a kernel writes; what it does not touch of the buffer costs no memory."""
    out, offsets = np.empty(longest * len(plans), dtype=np.uint8), np.empty(len(plans) + 1, dtype=np.int64)
    write_into(out, offsets, plans, keys)
    used = out[: offsets[-1]].copy()
    return pa.LargeStringArray.from_buffers(len(plans), pa.py_buffer(offsets), pa.py_buffer(used))


def _to_text(kind):
    return pd.StringDtype(na_value=np.nan) if kind in (pa.string(), pa.large_string()) else None


_SCHEMA = pa.schema(
    [("document_id", pa.large_string()), ("outlet", pa.large_string()), ("published", pa.timestamp("us", "UTC"))]
    + [(name, pa.large_string()) for name in ("published_basis", "title", "credit", "text")]
)


def main():
    """Read the command line and write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n_documents", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    for path in write(asked.n_documents, asked.folder, random_state=asked.random_state, days=asked.days):
        print(path)


if __name__ == "__main__":
    main()
