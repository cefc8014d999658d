"""Numbers in text: value, bounds, what is counted, and who says so."""

from analysis.quantities.extraction import QuantitiesError, extract
from analysis.quantities.speakers import SpeakersError

__all__ = ["QuantitiesError", "SpeakersError", "extract"]
