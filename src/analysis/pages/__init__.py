"""Tables as pages for a browser: HTML documents that need no other file and no network; returned, never saved.

What comes from a report is escaped: a report that contains ``<script>`` shows it as text.
"""

from analysis.pages._cases import case, cases
from analysis.pages._document import document
from analysis.pages._quantities import quantities
from analysis.pages._reports import marked
from analysis.pages._topics import topics

__all__ = ["case", "cases", "document", "marked", "quantities", "topics"]
