"""What people touch: the command line, the brief, the web. Parse, call, render; no arithmetic, no SQL."""
