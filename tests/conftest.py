from __future__ import annotations

from hypothesis import HealthCheck, settings

# The suite shares two cores with itself: how long an example takes says nothing there.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
