"""The rows of 1,000,000 reports: clusters without a window, and a join with a window of 3 days and without."""

import tempfile
from pathlib import Path

import corpora
import judges
import numpy as np
import pandas as pd
import race
import scores

_ABOUT = {"who": "ours", "weighting": "default"}


def rows(rounds, *, extrapolate):
    """Yield the runs and the table of each row."""
    small, large = corpora.prepared(100_000, ["default"]), corpora.prepared(1_000_000, ["default"])
    yield _clusters(small, large, rounds)
    yield _windowed(large, rounds, extrapolate=extrapolate)


def _clusters(small, large, rounds):
    """Go from text to clusters once with a million, and in several rounds with a tenth of it for the exponent."""
    runner = race.Contestant("ours", "clusters", corpora.options("default", 0.8))
    runs = pd.DataFrame(race.in_turns([runner], small, rounds=rounds)).assign(row="100,000, text to clusters")
    with tempfile.TemporaryDirectory(dir=corpora.RESULTS) as outputs:
        (whole,) = race.in_turns([runner], large, rounds=1, outputs=Path(outputs))
        answers = judges.loaded(Path(outputs))
    told = judges.pairs(answers, folder=large, weighting="default", threshold=0.8)["ours"]
    planted = scores.agreement(answers["ours"]["labels"], scores.stories(large))
    told |= {f"planted {name}": share for name, share in planted.items()}
    tenth = runs["seconds"].median()
    told["note"] = f"exponent {np.log10(whole['seconds'] / tenth):.2f} from 100,000 ({tenth:.1f} s)"
    row = _ABOUT | {"row": "1,000,000, text to clusters", "threshold": 0.8} | told | _shown(whole)
    ran = pd.concat([runs, pd.DataFrame([whole]).assign(row=row["row"])])
    return ran, pd.DataFrame([row | {"target": "10 GiB, exponent 1.35"}])


def _windowed(large, rounds, *, extrapolate):
    """Join within 3 days and without a window; the latter may be extrapolated from smaller corpora."""
    without = race.Contestant("ours", "join", corpora.options("default", 0.5))
    within = race.Contestant("ours", "join", (*corpora.options("default", 0.5), "--window", "3D"))
    narrow = race.run(within, large)
    wide, note = _extrapolated(without, rounds) if extrapolate else (race.run(without, large), "measured")
    about = _ABOUT | {"threshold": 0.5}
    table = [
        about | {"row": "1,000,000, join within 3 days"} | _shown(narrow),
        about | {"row": "1,000,000, join, no window"} | _shown(wide) | {"note": note},
    ]
    table[1]["× step_seconds"] = wide["step_seconds"] / narrow["step_seconds"]
    return pd.DataFrame([table[0] | narrow, table[1] | wide]), pd.DataFrame(table)


def _extrapolated(runner, rounds):
    """Continue the power law between 20,000 and 100,000 reports to 1,000,000."""
    runs = [
        pd.DataFrame(race.in_turns([runner], corpora.prepared(size, ["default"]), rounds=rounds))
        for size in (20_000, 100_000)
    ]
    small, tenth = (ran["step_seconds"].median() for ran in runs)
    exponent = np.log(tenth / small) / np.log(5)
    note = f"extrapolated from {tenth:.1f} s at 100,000 with the exponent {exponent:.2f} from 20,000 to there"
    return {"step_seconds": tenth * 10**exponent}, note


def _shown(figures):
    return {name: figures[name] for name in ("seconds", "step_seconds", "peak_gb", "n") if name in figures}
