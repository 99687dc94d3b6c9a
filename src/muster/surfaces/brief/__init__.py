"""The brief: one self-contained HTML page that a person would send to an editor or a minister."""
