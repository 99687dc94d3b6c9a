"""A small network over what the rules see: it weighs their statements and adds those they have no wording for."""
