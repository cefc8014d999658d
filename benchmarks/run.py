"""The benchmark suite: ``python benchmarks/run.py``; README.md says what each row means."""

import argparse
import json
import os
import platform
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import corpora
import judges
import million
import pandas as pd
import psutil
import race
import tune

WARM_UP = 10_000  # reports; few enough to be quick, and enough for the compiled way to be taken
MINHASH_PEERS = ("rensa", "datasketch", "text-dedup")


@dataclass(frozen=True)
class Row:
    """One line of the table: who runs, on what, who judges, and which seconds the target speaks of."""

    name: str
    contestants: tuple
    judge: object
    weighting: str
    threshold: float | None
    timed: str  # "step_seconds" where the input is a matrix or texts in memory, otherwise "seconds", the whole process
    target: str


def rows(weighting):
    """Return the rows in which peers run; ``weighting`` is that of all but the clusters."""
    listed = [_row("vectorise", "vectorise", "TfidfVectorizer", weighting, None, judges.matrix, "12 x")]
    for threshold, target in ((0.7, "80 x"), (0.5, "12 x"), (0.3, "6 x")):
        listed.append(_row("join", "join", "sparse_dot_topn", weighting, threshold, judges.pairs, target))
    both = "TfidfVectorizer + sparse_dot_topn"
    listed.append(_row("text to pairs", "pairs", both, weighting, 0.7, judges.pairs, "45 x"))
    ours = race.Contestant("ours", "clusters", corpora.options("default", 0.8))
    runners = (ours, *(tune.contestant(peer) for peer in MINHASH_PEERS))
    target = "faster than any of recall .95"
    listed.append(Row("text to clusters", runners, judges.clusters, "default", 0.8, "seconds", target))
    return listed


def measured(row, folder, rounds):
    """Run a row in turns; return its runs, and for each contestant the medians, ratios and judgements."""
    with tempfile.TemporaryDirectory(dir=corpora.RESULTS) as outputs:
        runs = pd.DataFrame(race.in_turns(row.contestants, folder, rounds=rounds, outputs=Path(outputs)))
        answers = judges.loaded(Path(outputs))
        told = row.judge(answers, folder=folder, weighting=row.weighting, threshold=row.threshold)
    medians = runs.groupby("contestant", sort=False)[["seconds", "step_seconds", "peak_gb", "n"]].median()
    ratios = (medians[["seconds", "step_seconds"]] / medians.loc["ours", ["seconds", "step_seconds"]]).add_prefix("× ")
    table = pd.concat([medians, ratios, pd.DataFrame.from_dict(told, orient="index")], axis=1).reset_index(names="who")
    about = {"row": row.name, "weighting": row.weighting, "threshold": row.threshold}
    ends = {"target": row.target, "target is of": row.timed}
    return runs.assign(**about), table.assign(**about, **ends)


def ours_only(size, *, exact_size=5000):
    """Return the rows without peers: pairs lost or wrong against brute force, and planted copies."""
    table = []
    for weighting in ("raw", "default"):
        folder = corpora.prepared(exact_size, [weighting])
        figures = race.run(race.Contestant("ours", "exactness", ("--weighting", weighting)), folder)
        note = f"{figures['lost']} lost, {figures['wrong']} wrong of {figures['n']} at .1, .2, … 1"
        table.append({"row": f"exactness, {exact_size} reports", "weighting": weighting, "note": note, "target": "0"})
    for weighting, least in (("raw", 0.5), ("default", 0.35)):
        options = ("--weighting", weighting, "--threshold", str(least))
        figures = race.run(race.Contestant("ours", "planted", options), corpora.FOLDER / str(size))
        best = {name: figures[name] for name in ("threshold", "recall", "precision")}
        row = {"row": "planted copies, best F1", "weighting": weighting, "note": f"F1 {figures['f1']:.3f}"}
        table.append(row | best | {"target": ".95" if weighting == "default" else ""})
    return pd.DataFrame(table).assign(who="ours")


def machine():
    """Return what is to be known of this machine and its software to read the figures."""
    packages = ("numpy", "scipy", "pandas", "pyarrow", "numba", "scikit-learn")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": [round(load, 2) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {package: version(package) for package in packages},
    }


def _row(name, step, peer, weighting, threshold, judge, target):
    runners = (race.Contestant("ours", step, corpora.options(weighting, threshold)),)
    runners += (race.Contestant(peer, step, corpora.options(weighting, threshold)),)
    timed = "seconds" if name == "text to pairs" else "step_seconds"
    return Row(name, runners, judge, weighting, threshold, timed, target)


def _processor():
    found = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return found[0] if found else platform.processor()


def _lines(path):
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _suite(asked):
    """Yield the runs and the table of each row; a smaller corpus comes first, to compile what is to be compiled."""
    weightings = sorted({asked.weighting, "default"})
    folder, smaller = corpora.prepared(asked.size, weightings), corpora.prepared(WARM_UP, weightings)
    for row in rows(asked.weighting):
        if asked.only is None or row.name in asked.only:
            print(f"{row.name} {row.threshold or ''}", flush=True)
            race.in_turns(row.contestants[:1], smaller, rounds=1)
            yield measured(row, folder, asked.rounds)
    if asked.only is None:
        yield pd.DataFrame(), ours_only(asked.size)


def _saved(parts, path):
    """Write the rows there are so far, so that a run that is broken off leaves what it has measured."""
    table = pd.concat(parts, ignore_index=True)
    table.to_csv(path, index=False)
    return table


def _readable(table):
    """Return the table as text, with as many digits as can be believed."""
    table = table.reindex(columns=_COLUMNS).dropna(axis=1, how="all")
    digits = {"n": "{:,.0f}", "seconds": "{:.2f}", "step_seconds": "{:.2f}", "peak_gb": "{:.2f}", "threshold": "{:.2f}"}
    digits |= {"× seconds": "{:.1f}", "× step_seconds": "{:.1f}"}
    formatters = {name: digits[name].format for name in table.columns if name in digits}
    shown = table.astype(dict.fromkeys(formatters, float))
    return shown.to_string(index=False, na_rep="", formatters=formatters, float_format="{:.3f}".format)


_COLUMNS = ["row", "weighting", "threshold", "who", "seconds", "× seconds", "step_seconds", "× step_seconds", "peak_gb"]
_COLUMNS += ["n", "recall", "precision", "planted recall", "planted precision", "planted f1", "note", "target"]


def main():
    """Read the command line, run, write the results and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weighting", choices=["raw", "default"], default="raw")
    parser.add_argument("--only", nargs="*", help="names of rows")
    parser.add_argument("--million", action="store_true", help="the rows of 1,000,000 reports instead")
    parser.add_argument("--extrapolate", action="store_true", help="do not run the join of 1,000,000 without a window")
    asked = parser.parse_args()
    name = "million" if asked.million else f"{asked.size}_{asked.weighting}"
    folder = corpora.RESULTS / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "machine.json").write_text(json.dumps(machine(), indent=2))
    runs, tables = [], []
    for ran, told in million.rows(asked.rounds, extrapolate=asked.extrapolate) if asked.million else _suite(asked):
        runs, tables = [*runs, ran], [*tables, told]
        _saved(runs, folder / "runs.csv")
        table = _saved(tables, folder / "table.csv")
    print(_readable(table))


if __name__ == "__main__":
    main()
