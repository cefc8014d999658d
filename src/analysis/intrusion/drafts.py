"""What a topic is asked by: three or five of its own, and one of another topic that does not belong.

Each function takes a generator of random numbers, and returns drafts: the own options, the intruder, and its topic. It
returns None where the topics do not give enough options.
"""

from typing import NamedTuple

import numpy as np

_WORDS, _SETS, _SET_SIZE, _TEXTS = 5, 3, 4, 3
_FIRST_WORDS, _FIRST_OF_SETS, _FIRST_TEXTS = 10, 20, 10
_LOW = 0.6  # terms up to this share of the vocabulary, by their weight in a topic, weigh little in it


class Draft(NamedTuple):
    """Options of the topic asked about, and the one that does not belong with the topic it comes from."""

    own: list
    intruder: str
    intruder_topic: int


class Words:
    """Items of words: five of a topic and one that weighs little in it and much in another (Chang et al. 2009)."""

    def __init__(self, terms, weights):
        self.terms, self.weights = terms, weights
        order = np.argsort(-weights, axis=1, kind="stable")
        self.ranked = [row[each[row] > 0] for row, each in zip(order, weights, strict=True)]

    def words(self, topic, number, generator):
        """The ``number``-th five of the first terms, and one of the ten first of another topic."""
        own = self.ranked[topic][_WORDS * number : _WORDS * (number + 1)]
        low = self.weights[topic] <= np.quantile(self.weights[topic], _LOW)
        pool = [
            (other, term) for other in self._others(topic) for term in self.ranked[other][:_FIRST_WORDS] if low[term]
        ]
        if len(own) < _WORDS or not pool:
            return None
        other, term = pool[generator.integers(len(pool))]
        return Draft([self.terms[place] for place in own], self.terms[term], other)

    def sets(self, topic, number, generator):  # noqa: ARG002 - each item draws its own sets
        """Three sets of four of the first twenty terms, and one such set of another topic (Ying et al. 2022)."""
        first = self.ranked[topic][:_FIRST_OF_SETS]
        pools = {}
        for other in self._others(topic):
            pool = [term for term in self.ranked[other][:_FIRST_OF_SETS] if term not in set(first)]
            if len(pool) >= _SET_SIZE:
                pools[other] = pool
        if len(first) < _SETS * _SET_SIZE or not pools:
            return None
        drawn = generator.permutation(first)[: _SETS * _SET_SIZE].reshape(_SETS, _SET_SIZE)
        other = list(pools)[generator.integers(len(pools))]
        intruder = generator.permutation(pools[other])[:_SET_SIZE]
        return Draft([self._joined(each) for each in drawn], self._joined(intruder), other)

    def _others(self, topic):
        return [other for other in range(len(self.weights)) if other != topic]

    def _joined(self, places):
        return ", ".join(self.terms[place] for place in places)


class Texts:
    """Items of texts: three of a topic, and one of another that has less than half as much of it; no story twice."""

    def __init__(self, texts, stories, ranked, shares):
        """``ranked`` lists for each topic the places of its texts, best first; ``shares`` are texts × topics."""
        self.texts, self.stories, self.shares = texts, stories, shares
        self.ranked = [places[:_FIRST_TEXTS] for places in ranked]

    def texts_of(self, topic, number, generator):
        """Three of the ten that have most of the topic, the next three for the next item, and one of another's ten."""
        own = self.ranked[topic][_TEXTS * number : _TEXTS * (number + 1)]
        told = {self.stories[place] for place in own}
        if len(told) < _TEXTS:
            return None
        most = self.shares[own, topic].min() / 2
        pool = [
            (other, place)
            for other, places in enumerate(self.ranked)
            for place in places
            if other != topic and self.stories[place] not in told and self.shares[place, topic] < most
        ]
        if not pool:
            return None
        other, place = pool[generator.integers(len(pool))]
        return Draft([self.texts[each] for each in own], self.texts[place], other)
