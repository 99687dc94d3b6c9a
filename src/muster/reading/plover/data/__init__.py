"""Data of the event coder: lexicon, sentence patterns, weights."""
