"""Tables as pages for a browser: HTML documents that need no other file and no network; returned, never saved.

What comes from a report is escaped: a report that contains ``<script>`` shows it as text.
"""

from analysis.pages._document import document

__all__ = ["document"]
