"""Numbers in text: value, bounds, what is counted, and who says so."""

from analysis.quantities.extraction import QuantitiesError, extract

__all__ = ["QuantitiesError", "extract"]
