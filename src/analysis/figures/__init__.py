"""Tables as pictures for papers: a function takes tables and returns a ``matplotlib.figure.Figure``, saving nothing.

A figure is as wide as a journal prints it (``width="nature-1col"``, see `WIDTHS` and ``lexicon/journals.csv``), never
higher than the journal allows, and has no text below the journal's smallest size. The same tables give the same figure
in any order of their rows. What does not fit is counted in a line of the figure, never dropped in silence. No cue is
colour alone. An empty table gives a figure that says so in words.

Any function raises `tables.TableError` when a table breaks its shape or speaks of a document, topic or claim that the
table beside it does not know, and `ValueError` when ``width`` is not a known name or ``at_most`` or ``n_terms`` is
below 1.
"""

from analysis.figures._arcs import network
from analysis.figures._canvas import WIDTHS
from analysis.figures._coherence import coherence_trap
from analysis.figures._copies import dose_response
from analysis.figures._intervals import claims
from analysis.figures._matrix import similarity
from analysis.figures._numbers import topic_numbers
from analysis.figures._prevalence import topic_prevalence
from analysis.figures._shares import shares
from analysis.figures._speakers import quantities_by_speaker
from analysis.figures._stories import topic_stories
from analysis.figures._thresholds import threshold_curve
from analysis.figures._time import timeline
from analysis.figures._topics import topic_shares, topic_terms
from analysis.figures._totals import totals
from analysis.figures._trends import topic_map, topic_trends

__all__ = [
    "WIDTHS",
    "claims",
    "coherence_trap",
    "dose_response",
    "network",
    "quantities_by_speaker",
    "shares",
    "similarity",
    "threshold_curve",
    "timeline",
    "topic_map",
    "topic_numbers",
    "topic_prevalence",
    "topic_shares",
    "topic_stories",
    "topic_terms",
    "topic_trends",
    "totals",
]
