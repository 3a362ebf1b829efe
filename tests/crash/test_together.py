"""Several services on one PostgreSQL share the work: nothing is sent twice."""

from __future__ import annotations

import pytest

from tests.crash.house import House
from tests.crash.killing import finish

BATCHES = 12


@pytest.mark.parametrize("services", [2, 4])
def test_services_on_one_store_share_the_work_and_send_nothing_twice(home: House, services: int) -> None:
    if home.url.startswith("sqlite"):
        pytest.skip("SQLite is for one process")
    running = [home.ready(home.start()) for _ in range(services)]
    home.load.together([service.base for service in running], BATCHES)
    home.settle()
    sent = [service.log.read_text().count('"event": "notification"') for service in running]
    assert all(count > 0 for count in sent), sent
    for service in running[1:]:
        assert home.end(service) == 0, service.log.read_text()
    found = finish(home, running[0])
    assert found.wrong == []
    assert found.duplicates == 0
