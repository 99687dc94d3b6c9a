"""The command `muster`: one file per group of commands, loaded only when called, so that help answers at once."""

from muster.surfaces.cli.main import main

__all__ = ["main"]
