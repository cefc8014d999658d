"""Near-duplicate pairs, all of them, and the clusters they join."""

from analysis.duplicates.archive import Archive, ArchiveError
from analysis.duplicates.clusters import chaining, cluster
from analysis.duplicates.forecasts import forecast
from analysis.duplicates.pairs import TooManyPairsError, find
from analysis.duplicates.parts import PartError, read_parts
from analysis.duplicates.stored import find_stored
from analysis.duplicates.storing import store

__all__ = [
    "Archive",
    "ArchiveError",
    "PartError",
    "TooManyPairsError",
    "chaining",
    "cluster",
    "find",
    "find_stored",
    "forecast",
    "read_parts",
    "store",
]
