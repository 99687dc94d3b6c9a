"""Cards: what pages show, as plain values. The brief and the web render the same cards, so they cannot disagree.

Invariant: every number arrives here already computed, every text unescaped (templates escape), links http(s) only.
"""
