"""Who writes, where and with what parameters; and the error that says a record does not hold.

Knows no file and no other module of this room: all of them may import it.
"""

from dataclasses import dataclass, field
from pathlib import Path

# Set where notebooks are run to leave a record: what is random, such as the names of widgets, must not get into it.
BATCH = "NEWS_ANALYSIS_BATCH"


class ProvenanceError(ValueError):
    """A file, its manifest entry or its inputs do not agree; the message says what to do."""


@dataclass(frozen=True)
class Run:
    """Who writes, where, and with what parameters.

    Parameters
    ----------
    output : Path
        The folder that holds ``data/tables``, ``figures`` and the manifest.
    notebook : str
        Name of the notebook that writes, such as ``2_duplicates``.
    parameters : dict
        What the notebook was run with; only what JSON can hold.
    """

    output: Path
    notebook: str
    parameters: dict = field(default_factory=dict)


def output_folder(run):
    """Output folder of a run, or the folder itself when one is given."""
    return Path(run.output if isinstance(run, Run) else run)
