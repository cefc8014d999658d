"""Quantities counted once for each independent report, and where reports disagree."""

from analysis.claims.gathering import gather
from analysis.claims.readings import left_out

__all__ = ["gather", "left_out"]
