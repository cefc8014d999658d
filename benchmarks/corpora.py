"""The corpora of the suite, written when they are first needed, and where results go."""

from pathlib import Path

import news
import race

FOLDER, RESULTS = (Path(__file__).with_name(name) for name in ("corpora", "results"))


def prepared(size, weightings):
    """Return the folder of a corpus of ``size`` reports with its matrices, written if it is not there."""
    folder = FOLDER / str(size)
    if not (folder / "truth.parquet").exists():
        print(f"writing {size} reports to {folder}", flush=True)
        news.write(size, folder)
    for weighting in weightings:  # always anew: the code that weighs may have changed
        race.run(race.Contestant("ours", "matrices", ("--weighting", weighting)), folder)
    return folder


def options(weighting, threshold=None):
    """Return the words by which a contestant is told what to do."""
    return ("--weighting", weighting) + (() if threshold is None else ("--threshold", str(threshold)))
