"""The numbers by which readings are joined and claims held against each other: conventions, not measurements."""

# Of ten readings that agree, one may do so by chance.
CHANCE = 0.1
# What is not stated of a reading itself, or may be misread, counts as so many times the chance where it differs.
DOUBT = 30
UNLISTED = 5  # where both name a place, and the list does not know whether one lies in the other
# Two claims about the same thing whose values lie within this factor are held against each other; farther apart they
# are taken to speak of different events (1,200 killed in one attack, 35,000 in a war).
NEAR = 1.5
# Of forty pairs of readings as near to each other as these, one may be so by chance.
CROWD = 0.025
# From here on, totals are taken for those of a war, not of an attack.
OF_A_WAR = 1000
# A reading without a date, or a total of any day, is held against the last of those that are like it, not against all:
# which of so many it belongs to nobody knows, and all of them would take the square of the time.
AT_MOST = 300
