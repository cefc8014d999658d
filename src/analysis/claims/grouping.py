"""Readings of which each agrees with each, put together."""

import math

from analysis.claims.readings import implied, meaning, value_of


class _Group:
    """Readings of which each agrees with each, so that what they imply has a part in common (Helly 1923)."""

    def __init__(self):
        self.readings, self.documents, self.low, self.high = [], set(), -math.inf, math.inf

    def add(self, reading, low, high):
        self.readings.append(reading)
        self.documents.add(reading[0].document_id)
        self.low, self.high = max(self.low, low), min(self.high, high)

    def distance(self, row):
        return abs(value_of(self.readings[0][0]) - value_of(row))


def compatible(readings):
    """Put each reading into the claim nearest to it among those it is compatible with, or into one of its own."""
    groups = []
    for reading in readings:
        row = reading[0]
        low, high = implied(*meaning(row))
        fitting = [
            group
            for group in groups
            if group.low <= high and low <= group.high and row.document_id not in group.documents
        ]
        if not fitting:
            groups.append(_Group())
        nearest = min(fitting, key=lambda group, row=row: group.distance(row), default=groups[-1])
        nearest.add(reading, low, high)
    return [group.readings for group in groups]
