"""Few fixtures; plain builder functions live in factory.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
