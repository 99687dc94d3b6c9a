"""What the rules read English with, loaded; workers share its memory."""

import gc

from muster.reading.rules import read_text

read_text("Italy refused to send a frigate.")
gc.freeze()  # a collection in a worker would write to every object, and so copy them all
