"""Documents become statements: gazetteer, cue lexicon, frames; PLOVER coding; quote verification; scoring."""
