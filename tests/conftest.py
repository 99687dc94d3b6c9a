"""One Hypothesis profile for all: machines are shared, so no example has a deadline; CI draws the same examples."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("muster", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("muster"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "muster")
