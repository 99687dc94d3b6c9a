"""The register of random streams: which number belongs to which kind of thing.

A stream names the meaning of a draw (`muster.passage.philox`); two meanings never share one. Numbers are part of every
published result: never reuse or renumber one.
"""

# 0..15: the published reference model (muster.passage.reference); `+ direction` where it says so.
REFERENCE_ARRIVAL = 0  # + direction; entity = block of two ships 128 apart (reference.plain.ship_word)
REFERENCE_ARRIVAL_RETRY = 2  # + direction; entity = arrival number: further words of a rejected ziggurat draw
REFERENCE_TRANSIT = 4  # + direction; entity = convoy number
REFERENCE_INCIDENT = 6  # + direction; entity = incident number among escorted ships
REFERENCE_ALONE = 8  # as REFERENCE_ARRIVAL, ships that go alone (both directions)
REFERENCE_ALONE_RETRY = 9
REFERENCE_ALONE_TRANSIT = 10  # entity = arrival number of the lone ship
REFERENCE_ALONE_INCIDENT = 11  # entity = incident number among lone ships
REFERENCE_WINDOW = 12  # + direction; entity = window: counts of the window-level screening path
REFERENCE_WINDOW_ALONE = 14

# 16..: the full model (muster.passage.engine) registers its streams from here on.
PRIOR = 16  # entity = hash of the number's key: one draw per run
SHIP = 17  # entity = ship's number in order of arrival; draws 0, 1, 2: its gap, kind, tolerances and luck
MODULATION = 18  # entity = modulation period: gamma multiplier of the arrival rate
REGIME_CLOCK = 19  # entity = tick of the uniformised chain: first word its gap, second word where it goes
REGIME_START = 20  # entity 0
ESCALATION = 21  # entity = challenged ship: does the regime jump
CONVOY = 22  # entity = direction * 2**20 + convoy number: duration
UNIT = 23  # entity = hash of the unit's id; draw 0 availability and arrival (second word), 1 p_available, 2 phase
MISSION = 26  # entity = hash of the mission's name; draw 0 is it common, draw 1 its availability and arrival
WINDOW = 24  # entity = direction * 2**20 + window: ships that come for an escort (window level of the full model)
WINDOW_ALONE = 25  # entity = direction * 8 + option: all ships of a run that sail alone, or stay and wait
