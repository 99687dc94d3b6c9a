"""PLOVER event coding: which of fifteen classes a relation from a source to a target belongs to, and in which mode."""
