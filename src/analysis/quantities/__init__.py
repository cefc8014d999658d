"""Numbers in text: value, bounds, what is counted, and who says so."""

from analysis.quantities.extraction import QuantitiesError, extract
from analysis.quantities.parses import ParserError
from analysis.quantities.speakers import SpeakersError

__all__ = ["ParserError", "QuantitiesError", "SpeakersError", "extract"]
