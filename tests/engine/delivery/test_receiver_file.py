"""receivers.yaml: what it says is kept, and what cannot be kept is refused at its place."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.delivery.spec import QuietHours, ReceiverSpec, Sees
from engine.errors import ConfigError
from engine.program_folder import load_program

SLACK = "kind: slack, url: 'https://hooks.example/T0/secret-path'"
MAIL = "kind: apprise, url: 'mailtos://me:${P}@mail.example?to={address}'"
HOOK = "kind: webhook, secret: s, url: 'https://x.example/"


def load(folder: Path, receivers: str, program: str = "name: x\nzone: Europe/London") -> dict[str, ReceiverSpec]:
    (folder / "program.yaml").write_text(program)
    (folder / "receivers.yaml").write_text(receivers)
    found, _ = load_program(folder, environment={"P": "pass-word"})
    return dict(found.receivers)


def test_what_a_receiver_says_is_kept(tmp_path: Path) -> None:
    spec = load(
        tmp_path,
        f"""
care:
  {SLACK.replace(", ", chr(10) + "  ")}
  timeout: 3s
  sees: labels
  fallback: mail
  quiet_hours: {{from: 22:00, to: 07:30, zone: America/New_York, days: [fri, sat]}}
  budget: 40
  digest_at: 17:00
  zone: Asia/Tokyo
mail: {{{MAIL.replace("{address}", "a@x.example")}}}
""",
    )["care"]
    assert (spec.timeout, spec.sees, spec.fallback) == (timedelta(seconds=3), Sees.LABELS, "mail")
    assert spec.quiet_hours == QuietHours(time(22), time(7, 30), ZoneInfo("America/New_York"), frozenset({4, 5}))
    assert (spec.budget, spec.digest_at, spec.zone) == (40, time(17), ZoneInfo("Asia/Tokyo"))


def test_what_a_receiver_leaves_out(tmp_path: Path) -> None:
    found = load(tmp_path, f"care: {{{SLACK}}}")
    care = found["care"]
    assert (care.sees, care.timeout, care.budget) == (Sees.MASKED, timedelta(seconds=10), None)
    assert care.zone == found["operators"].zone == ZoneInfo("Europe/London")
    assert not care.takes_address


def test_neither_the_address_nor_the_secret_is_shown(tmp_path: Path) -> None:
    found = load(tmp_path, f"mail: {{{MAIL}}}\nchat: {{{SLACK}}}\nhook: {{{HOOK}token'}}")
    assert found["mail"].takes_address
    shown = repr(found)
    assert not [word for word in ("pass-word", "secret-path", "token") if word in shown]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: {kind: slak}", "1:11: error: unknown kind of receiver 'slak'; did you", id="kind"),
        pytest.param(f"a: {{{SLACK}, secrt: x}}", "unknown setting of a receiver 'secrt'", id="a slip"),
        pytest.param(f"a: {{{SLACK}, secret: x}}", "is of kind slack, which has no 'secret'; rem", id="slack secret"),
        pytest.param("a: {kind: log, timeout: 3s}", "of kind log, which has no 'timeout'", id="log timeout"),
        pytest.param(f"a: {{{HOOK}', template: x}}", "of kind webhook, which has no 'template'", id="hook template"),
        pytest.param(f"a: {{{MAIL}, allow_private: true}}", "has no 'allow_private'", id="mail allow_private"),
        pytest.param(f"a: {{{SLACK}, to_customer: true}}", "has no 'to_customer'", id="slack to a customer"),
        pytest.param("a: {kind: teams}", "a needs a url that starts with http", id="no url"),
        pytest.param("a: {kind: apprise}", "a needs a url, such as mailtos://", id="no apprise url"),
        pytest.param("a: {kind: apprise, url: 'syslog://'}", "unknown scheme 'syslog'", id="a scheme not allowed"),
        pytest.param("a: {kind: apprise, url: 'mailt://x'}", "did you mean 'mailto'?; Heedful sends to", id="slip"),
        pytest.param("a: {kind: apprise, url: 'x.example'}", "unknown scheme ''", id="no scheme"),
        pytest.param(f"a: {{{SLACK}, timeout: 2m}}", "timeout goes from 1s to 60s", id="long timeout"),
        pytest.param(f"a: {{{SLACK}, sees: some}}", "unknown sees 'some'", id="sees"),
        pytest.param(f"a: {{{SLACK}, budget: 0}}", "budget must be a whole number from 1", id="no budget"),
        pytest.param(f"a: {{{SLACK}, digest_at: 08:00}}", "give a budget as well", id="a digest of nothing"),
        pytest.param(f"a: {{{SLACK}, budget: 1, digest_at: 8am}}", "must be a time of the day", id="a time"),
        pytest.param(f"a: {{{SLACK}, zone: Mars/Base}}", "unknown time zone 'Mars/Base'", id="zone"),
        pytest.param(f"a: {{{SLACK}, quiet_hours: {{from: 22:00}}}}", "need both ends", id="one end"),
        pytest.param(f"a: {{{SLACK}, quiet_hours: {{from: 22:00, to: 22:00}}}}", "end when they begin", id="no hours"),
        pytest.param(f"a: {{{SLACK}, quiet_hours: {{from: 24:00, to: 07:00}}}}", "of the day", id="24:00"),
        pytest.param(
            f"a: {{{SLACK}, quiet_hours: {{from: 22:00, to: 07:00, days: [sun, mond]}}}}",
            "unknown day 'mond'",
            id="day",
        ),
        pytest.param(
            f"a: {{{SLACK}, quiet_hours: {{from: 22:00, until: 07:00}}}}", "setting of quiet hours 'until'", id="until"
        ),
        pytest.param(f"a: {{{SLACK}, fallback: b}}", "unknown receiver 'b'", id="no such fallback"),
        pytest.param(f"a: {{{SLACK}, fallback: a}}", "in a circle: a -> a", id="its own fallback"),
        pytest.param(
            f"a: {{{SLACK}, fallback: b}}\nb: {{{SLACK}, fallback: a}}", "in a circle: a -> b -> a", id="a circle"
        ),
        pytest.param(f"a: {{{SLACK}, fallback: b}}\nb: {{{MAIL}}}", "b needs an address, which", id="no address there"),
        pytest.param(f"operators: {{{MAIL}}}", "give them an address of their own", id="operators"),
        pytest.param(
            "a: {kind: slack, url: 'https://{address}.example/x'}", "cannot stand in the host", id="an address as host"
        ),
        pytest.param(f"a: {{{MAIL}, to_customer: true}}", "needs an address_attribute", id="which address"),
        pytest.param(f"a: {{{MAIL}, address_attribute: tier}}", "it needs to_customer: true", id="whose address"),
        pytest.param(
            f"a: {{{MAIL}, to_customer: true, address_attribute: emal}}", "did you mean 'email'?", id="attribute"
        ),
        pytest.param(f"a: {{{SLACK}, template: mine}}", "unknown template 'mine'", id="template"),
    ],
)
def test_a_bad_receiver_says_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, "name: x\nattributes: {email: text, tier: text}")
    assert said in str(caught.value)
    assert "pass-word" not in str(caught.value)


def test_every_error_comes_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "a: {kind: slak}\nb: {kind: teams}\nc: {kind: apprise, url: 'x://y', fallback: z}")
    assert [finding.line for finding in caught.value.findings] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("start", "end", "days", "moment", "until"),
    [
        pytest.param("22:00", "07:00", "", "2026-03-02T23:00", "2026-03-03T07:00", id="before midnight"),
        pytest.param("22:00", "07:00", "", "2026-03-03T06:59", "2026-03-03T07:00", id="after midnight"),
        pytest.param("22:00", "07:00", "", "2026-03-03T07:00", None, id="at the end"),
        pytest.param("22:00", "07:00", "", "2026-03-02T21:59", None, id="before"),
        pytest.param("22:00", "07:00", "", "2026-03-02T22:00", "2026-03-03T07:00", id="at the start"),
        pytest.param("22:00", "07:00", "mon", "2026-03-03T06:00", "2026-03-03T07:00", id="the night of Monday"),
        pytest.param("22:00", "07:00", "tue", "2026-03-03T06:00", None, id="not the night of Tuesday"),
        pytest.param("12:00", "13:00", "", "2026-03-02T12:30", "2026-03-02T13:00", id="noon"),
        pytest.param("00:00", "00:00", "sun", "2026-03-01T10:00", "2026-03-02T00:00", id="all Sunday"),
        pytest.param("22:00", "07:00", "", "2026-03-29T00:30", "2026-03-29T07:00", id="an hour is skipped"),
        pytest.param("22:00", "07:00", "", "2026-10-25T00:30", "2026-10-25T07:00", id="an hour comes twice"),
    ],
)
def test_when_quiet_hours_end(start: str, end: str, days: str, moment: str, until: str | None) -> None:
    zone = ZoneInfo("Europe/London")
    on = frozenset({("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(days)}) if days else frozenset(range(7))
    hours = QuietHours(time.fromisoformat(start), time.fromisoformat(end), zone, on)
    found = hours.until(datetime.fromisoformat(moment).replace(tzinfo=zone).astimezone(UTC))
    assert (found and found.astimezone(zone).strftime("%Y-%m-%dT%H:%M")) == until
