"""Topics tried on people: items in which one word, set of words or text is not of the topic, and what they answer.

Items and their key are made from tables and a seed, sheets go out to coders, answers come back as CSV files. Nothing is
scored that was changed after it was made, is unfinished, or is answered twice.
"""

from analysis.intrusion.assembling import KINDS, items
from analysis.intrusion.errors import IntrusionError
from analysis.intrusion.scoring import agreement, precision
from analysis.intrusion.sheets import collect, sheet

__all__ = ["KINDS", "IntrusionError", "agreement", "collect", "items", "precision", "sheet"]
