"""What the rules read English with and the network, loaded; workers share their memory."""

import gc

from muster.reading.readers import open_reader
from muster.reading.rules import read_text

read_text("Italy refused to send a frigate.")
open_reader("learned")
gc.freeze()  # as for the rules alone
