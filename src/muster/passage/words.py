"""The fixed words of the passage model and their order; arrays of the kernel are indexed in this order."""

CLASSES = ("crude", "product", "lng", "lpg", "container", "bulk", "general", "roro")
"""Ship classes: crude oil tanker, product tanker, LNG and LPG carrier, container, bulk, general cargo, ro-ro."""

ROUTES = ("free", "permission", "facilitated")
"""Lanes: the traffic separation scheme; the adversary-coordinated lane; the coalition's lane."""

OPTIONS = (*ROUTES, "escort")
"""What a ship may choose: a lane on its own, or to wait for protection on the facilitated lane."""

REGIMES = ("open", "tolled", "contested", "closed")
"""How the coastal state behaves; a continuous-time Markov chain per run."""

ACTS = ("hail", "toll", "inspection", "boarding", "attack", "mine")
"""What may befall a passage; `boarding` includes seizure, `toll` is a demand."""

HARMS = ("boarding", "attack", "mine")
"""Acts that a ship fears: the risk it compares with its tolerance."""

DIRECTIONS = ("in", "out")
"""Into the enclosed sea (Gulf, Red Sea northbound) and out of it."""

PROTECTIONS = ("alone", "escorted", "escorted_no_answer")
"""Alone; with an escort that may answer a boarding; with escorts of which none may."""

UNIT_TYPES = ("escort", "mcm", "patrol", "support")
"""Kinds of force unit."""
