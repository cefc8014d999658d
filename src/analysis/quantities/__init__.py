"""Numbers in text: value, bounds, what is counted, and who says so; and what readers say of what was read."""

from analysis.quantities.correcting import correct
from analysis.quantities.corrections import CorrectionsError, read_corrections
from analysis.quantities.extraction import QuantitiesError, extract
from analysis.quantities.hard_cases import HardestError, hardest
from analysis.quantities.parses import ParserError
from analysis.quantities.speakers import SpeakersError

__all__ = [
    "CorrectionsError",
    "HardestError",
    "ParserError",
    "QuantitiesError",
    "SpeakersError",
    "correct",
    "extract",
    "hardest",
    "read_corrections",
]
