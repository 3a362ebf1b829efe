from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The suite shares its cores with itself: how long an example takes says nothing there.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

# A worker a core or more: with a thread a core in each, networks wait for each other more than they compute.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
