"""News reports as tables: near-duplicates, topics, quantities, claims, and figures that can be traced.

Import the modules and call their functions: ``from analysis import corpus, terms``. Importing the package itself
loads nothing, so that ``analysis --help`` answers at once.
"""

__version__ = "0.1.0"
