"""What a text would raise, had it been live: with who would hold it, against what is live, and stopped halfway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.auth import Caller
from api.replay_watch import ReplayWatch
from api.rule_replays import check_replays, foretell
from engine.errors import ForbiddenError, ReplayStoppedError
from engine.rules.workload import alerts_by_day, workload
from engine.scope import EVERYTHING, Role, Scope
from tests.support.service import House, house

EXAMPLES = (
    "examples:\n  fires: [{text: furious, nps: 1}, {text: furious, nps: 2}, {text: furious, nps: 3}]\n"
    "  stays_quiet: [{text: hello}, {text: great}, {text: thanks}]\n"
)


def furious(status: str, at_most: int, slug: str = "furious") -> str:
    when = f"{{all: [{{emotion: anger}}, {{nps: {{at_most: {at_most}}}}}]}}"
    return f"rule: {slug}\nstatus: {status}\nwhen: {when}\n{EXAMPLES}"


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[House]:
    """Five furious customers, one a day, with nps from 0 to 4."""
    with house(tmp_path, rules=furious("live", 2)) as home:
        for nps in range(5):
            home.post({"id": f"r{nps}", "text": "furious", "scores": {"nps": nps}, "customer": f"c{nps}"})
            home.clock.move(timedelta(days=1))
        yield home


@pytest.mark.parametrize(
    ("status", "at_most", "gained", "lost"),
    [
        pytest.param("live", 4, 2, 0, id="wider"),
        pytest.param("draft", 0, 0, 2, id="narrower, and a draft counts as if it were live"),
        pytest.param("live", 2, None, None, id="as it is live"),
    ],
)
def test_a_text_is_compared_with_what_is_live(
    stocked: House, status: str, at_most: int, gained: int | None, lost: int | None
) -> None:
    watch = ReplayWatch()
    found = foretell(stocked.service, furious(status, at_most), "30d", watch)
    assert len(found.rule.raised) == at_most + 1
    changed = found.difference
    assert (changed and len(changed.gained), changed and len(changed.lost)) == (gained, lost)
    assert watch.done == watch.total == (5 if changed is None else 10)
    assert watch.share == 1.0


def test_a_text_of_a_new_rule_has_nothing_to_lose(stocked: House) -> None:
    found = foretell(stocked.service, furious("draft", 9, "other"), "3d", ReplayWatch())
    assert (found.slug, len(found.rule.raised), found.difference) == ("other", 3, None)


def test_it_says_how_many_alerts_a_day_brings_and_who_holds_them(stocked: House) -> None:
    found = foretell(stocked.service, furious("live", 3), "7d", ReplayWatch())
    days = alerts_by_day(found.rule, found.backtest.since, found.backtest.until, ZoneInfo("Pacific/Auckland"))
    assert list(days.values()) == [0, 0, 1, 1, 1, 1, 0, 0]
    assert workload(found.rule) == {"operators": pytest.approx(4 / 5 * 7)}


def test_a_replay_that_nobody_waits_for_ends(stocked: House) -> None:
    watch = ReplayWatch()
    watch.stop()
    with pytest.raises(ReplayStoppedError):
        foretell(stocked.service, furious("live", 4), "30d", watch)
    assert watch.done == 0


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        pytest.param(Role.VIEWER, EVERYTHING, id="a role that may not"),
        pytest.param(Role.AUTHOR, Scope("emea"), id="an author of one unit"),
    ],
)
def test_who_may_not_see_every_unit_replays_nothing(role: Role, scope: Scope) -> None:
    with pytest.raises(ForbiddenError):
        check_replays(Caller("ann", role, scope))
