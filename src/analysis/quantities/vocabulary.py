"""Words of a lexicon as one regular expression that is fast to search."""

from analysis.lexicon import alternatives

__all__ = ["alternatives"]
