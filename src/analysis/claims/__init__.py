"""Quantities counted once for each independent report, and where reports disagree."""

from analysis.claims.attribution import all_shares, shares
from analysis.claims.checks import check
from analysis.claims.gathering import gather
from analysis.claims.readings import left_out
from analysis.claims.reference import SeriesError, read_series, totals
from analysis.claims.resolving import resolve
from analysis.claims.series import compare

__all__ = [
    "SeriesError",
    "all_shares",
    "check",
    "compare",
    "gather",
    "left_out",
    "read_series",
    "resolve",
    "shares",
    "totals",
]
