"""Near-duplicate pairs, all of them, and the clusters they join."""

from analysis.duplicates.clusters import chaining, cluster
from analysis.duplicates.forecasts import forecast
from analysis.duplicates.pairs import TooManyPairsError, find

__all__ = ["TooManyPairsError", "chaining", "cluster", "find", "forecast"]
