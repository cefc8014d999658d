"""What a cluster costs beside one machine: ``python benchmarks/cluster.py``; the figures are those of docs/scale.md.

The same search three ways in turns: in memory by ``duplicates.find`` on all cores, block by block by joblib's own
processes, and block by block by a Dask cluster of as many worker processes; then once more with a worker killed in the
middle. Says whether all parts have the same bytes.
"""

import argparse
import os
import signal
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import corpora
import joblib
import pandas as pd
from distributed import Client, LocalCluster

from analysis import duplicates, tables, terms

_PATIENCE = 0.05  # seconds between two looks at whether a part was written


@dataclass
class Search:
    """One search, and the ways to do it; each returns the number of pairs."""

    matrix: tables.DocumentTermMatrix
    documents: pd.DataFrame
    archive: duplicates.Archive
    options: dict

    def in_memory(self, _folder):
        """Search with ``find``; what it found is not written."""
        return len(duplicates.find(self.matrix, self.documents, progress=False, **self.options))

    def with_processes(self, folder):
        """Search block by block with joblib's own processes."""
        with joblib.parallel_config(n_jobs=os.cpu_count()):
            return self._stored(folder)

    def with_dask(self, folder):
        """Search block by block with Dask's workers."""
        with joblib.parallel_config(backend="dask"):
            return self._stored(folder)

    def with_dask_and_a_worker_killed(self, folder):
        """Search with Dask's workers, and kill one as soon as the first part is there."""
        victim = next(iter(Client.current().run(os.getpid).values()))
        with ThreadPoolExecutor(1) as pool:
            searching = pool.submit(self.with_dask, folder)
            while not list(folder.glob("part-*.parquet")) and not searching.done():
                time.sleep(_PATIENCE)
            os.kill(victim, signal.SIGKILL)
            return searching.result()

    def _stored(self, folder):
        return int(duplicates.find_stored(self.archive, folder, **self.options)["n_pairs"].sum())


def measured(asked, place):
    """Run all ways in turns; return one row for each run, and whether all parts had the same bytes."""
    documents = pd.read_parquet(corpora.prepared(asked.size, ["default"]) / "documents.parquet")
    matrix = terms.weigh(documents)
    begun = time.perf_counter()
    archive = duplicates.store(matrix, documents, place / "archive")
    rows = [("store", time.perf_counter() - begun, len(documents))]
    search = Search(matrix, documents, archive, {"threshold": asked.threshold, "window": asked.window})
    ways = [search.in_memory, search.with_processes, search.with_dask] * asked.rounds
    workers = {"n_workers": os.cpu_count(), "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**workers) as cluster, Client(cluster):
        for number, way in enumerate([*ways, search.with_dask_and_a_worker_killed]):
            begun = time.perf_counter()
            n_pairs = way(place / f"pairs_{number}")
            rows.append((way.__name__, time.perf_counter() - begun, n_pairs))
    n_bytes = sum(path.stat().st_size for path in (place / "archive").iterdir())
    print(f"{n_bytes / len(documents):,.0f} bytes of the archive a report")
    parts = [_bytes(folder) for folder in sorted(place.glob("pairs_*"))]
    return pd.DataFrame(rows, columns=["what", "seconds", "n"]), all(part == parts[0] for part in parts)


def _bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*.parquet"))}


def main():
    """Read the command line, run, and print medians, ratios and whether the bytes are the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--threshold", type=float, default=0.7)
    parser.add_argument("--window", help="such as 3D")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", tables.SkippedWarning)
    corpora.RESULTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=corpora.RESULTS) as place:
        table, same = measured(asked, Path(place))
    medians = table.groupby("what", sort=False)[["seconds", "n"]].median()
    print(medians.assign(ratio=medians["seconds"] / medians.loc["in_memory", "seconds"]).round(2).to_string())
    print("All parts have the same bytes." if same else "OTHER BYTES")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
