"""The web: server-rendered pages, permanent URLs, every figure leads to its quote."""
