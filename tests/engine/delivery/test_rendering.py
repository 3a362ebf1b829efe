"""Messages as people see them: the evidence marked, hostile words harmless, sizes kept, own templates checked."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.alert import EvidenceSpan
from engine.delivery.blocks import slack_payload, teams_payload
from engine.delivery.contents import MOST_CHARACTERS, feedback_told, window
from engine.delivery.escaping import chat_safe
from engine.delivery.message import Message
from engine.delivery.rendered import Rendered, Renderer, fitting
from engine.delivery.rendering import TARGETS, Templates
from engine.delivery.samples import SAMPLES
from engine.delivery.spec import ReceiverSpec, Sees
from engine.delivery.view import Event, Link
from engine.errors import ConfigError
from engine.feedback import Feedback, Part
from engine.program_folder import load_program
from tests.support.clock import NOON
from tests.support.recognisers import plain_mask

SPEC = ReceiverSpec("chat", "slack", "https://x.example", sees=Sees.EVERYTHING, zone=ZoneInfo("America/New_York"))
HOSTILE = {
    "a script": "<script>alert(1)</script> & more",
    "bold": "*bold* _it_ ~no~ `code`",
    "everybody": "<!channel> <!here> @here <@U123> <#C1>",
    "a link": "[click](https://evil.example) <https://evil.example|here>",
    "a template": "{{ 7 * 7 }} {% raw %} ${HOME}",
    "turned": "\u202eevil\u202c \u2066x\u2069",
    "right to left": "שלום עולם, مرحبا",
    "controls": "a\x02words\x02\x07b\x00c".replace("\x00", ""),
    "lines": "one\n\n\ntwo\r\nthree\u2028four",
}


class OneLink:
    def links(self, _message: Message, _alert: dict[str, Any]) -> tuple[Link, ...]:
        return (Link("acknowledge", "Acknowledge", "https://heedful.example/l/a_b-c.d~e?x=1&y=2"),)


def body(text: str, start: int = 0, end: int | None = None) -> dict[str, Any]:
    spans = (EvidenceSpan(0, start, len(text) if end is None else end, "emotion: anger"),)
    feedback = Feedback("f1", (Part(text, question="Why?"),), customer="Ann", scores={"nps": 2})
    evidence = [{"part": 0, "start": one.start, "end": one.end, "shows": one.shows} for one in spans]
    alert = SAMPLES[Event.ALERT]["alert"] | {"title": f"About {text[:40]}", "evidence": evidence, "customer": text[:40]}
    return {"type": "alert.opened", "alert": alert, "feedback": feedback_told(feedback, spans)}


def rendered(target: str, told: dict[str, Any], templates: Templates | None = None, **more: Any) -> Rendered:
    renderer = Renderer(replace(SPEC, **more), templates or Templates(), plain_mask, OneLink())
    return renderer.rendered(target, Message("nt_1", json.dumps(told), NOON, None, "opened", "ann"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "not marked"])
def test_hostile_words_are_shown_as_they_are(text: str, marked: bool) -> None:
    told = body(text, 0, len(text) if marked else 0)
    clean = re.sub("[\x02\x07\u202a-\u202e\u2066-\u2069]", "", text).replace("\u2028", "\n").replace("\r\n", "\n")

    slack = rendered("slack", told)
    payload = slack_payload(slack.text, slack.summary, slack.passages)
    (words,) = [block for block in payload["blocks"] if block["type"] == "rich_text"]
    runs = words["elements"][-1]["elements"]
    assert "".join(run["text"] for run in runs) == clean
    assert [("style" in run) for run in runs] == [marked]
    for block in payload["blocks"]:
        if block["type"] == "section":
            assert block["text"]["verbatim"]
            assert not re.search(r"<(?!https://heedful\.example/l/)", block["text"]["text"])
    assert "<" not in payload["text"]

    teams = rendered("teams", told)
    card = teams_payload(teams.text, teams.summary, teams.passages, teams.links)["attachments"][0]["content"]
    inlines = [run for block in card["body"][1:] if block["type"] == "RichTextBlock" for run in block["inlines"]]
    assert "".join(run["text"] for run in inlines if "italic" not in run) == clean
    for block in card["body"]:
        if block["type"] == "TextBlock":
            assert not re.search(r"(?<!\\)[\[\]*_`<]", block["text"])

    page = rendered("html", told).text
    assert "<script" not in page
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {
        *("h2", "p", "strong", "em", "blockquote", "mark", "ul", "li", "table", "tr", "td", "a", "small")
    }
    assert clean in html.unescape(re.sub("<[^>]+>", "", page))
    assert ("<mark>" in page) is marked

    assert (f"»{clean}«" in rendered("txt", told).text.replace("\n  ", "\n")) is marked


@pytest.mark.parametrize("target", ["txt", "html", "slack", "teams"])
def test_the_end_of_a_silence_says_which_alerts_it_kept_quiet_and_how_many_are_open(target: str) -> None:
    told = {**SAMPLES[Event.SILENCE_ENDED], "alerts": 3, "open": 2}
    renderer = Renderer(ReceiverSpec("r", "log"), Templates(), plain_mask)
    text = renderer.rendered(target, Message("nt_1", json.dumps(told), NOON, None, "silence_ended", "ann")).text
    assert "3 alerts were kept quiet, 2 still open" in text
    assert text.count("A test of this receiver") == 1
    assert "and 2 more" in text


@pytest.mark.parametrize("text", ["@everyone", "hi <users/all>", "<@123>", "@**all**", "<!channel>"])
def test_nobody_is_called_by_a_customers_words_in_a_plain_chat(text: str) -> None:
    shown = chat_safe(rendered("txt", body(text)).text)
    assert not re.search("[@<](?!\u200b)", shown)
    assert text in shown.replace("\u200b", "")


def test_why_scores_clocks_and_links_are_shown_in_the_receivers_zone() -> None:
    text = rendered("txt", dict(SAMPLES[Event.ALERT])).text
    for said in (
        "Why: emotion is anger/annoyance (found 0.93); nps is at most 6 (found 2)",
        "Scores: nps 2",
        "First follow-up due: Tue 03 Mar 2026 07:00 EST",
        "Acknowledge: https://heedful.example/l/a_b-c.d~e?x=1&y=2",
    ):
        assert said in text


def test_labels_alone_show_what_was_found_and_no_words() -> None:
    for target in TARGETS:
        shown = rendered(target, dict(SAMPLES[Event.ALERT]), sees=Sees.LABELS)
        assert "menus" not in shown.text + shown.summary
        assert not shown.passages
    assert "Shows: emotion: anger/annoyance" in rendered("txt", dict(SAMPLES[Event.ALERT]), sees=Sees.LABELS).text


def test_masked_words_keep_their_evidence() -> None:
    text = "Ring +44 7911 123456: your menus drive me mad."
    (passage,) = rendered("slack", body(text, 22, len(text)), sees=Sees.MASKED).passages
    assert [(piece.text, piece.marked) for piece in passage.pieces] == [
        ("Ring ••• •••• ••••••: ", False),
        ("your menus drive me mad.", True),
    ]


@pytest.mark.parametrize("character", ["x ", "é ", "😀 ", "<& ", "\\_"])
@pytest.mark.parametrize("place", [0, 10_000, 19_980])
def test_a_long_verbatim_is_cut_around_the_evidence_and_everything_fits(character: str, place: int) -> None:
    text = character * (20_000 // len(character))
    text = text[:place] + "THIS IS IT" + text[place + 10 :]
    told = body(text, place, place + 10)
    for target in TARGETS:

        def made(most: int, target: str = target) -> bytes:
            renderer = Renderer(SPEC, Templates(), plain_mask, OneLink())
            one = renderer.rendered(target, Message("nt_1", json.dumps(told), NOON, None, "opened", "ann"), most)
            if target == "slack":
                return json.dumps(slack_payload(one.text, one.summary, one.passages), ensure_ascii=False).encode()
            if target == "teams":
                card = teams_payload(one.text, one.summary, one.passages, one.links)
                return json.dumps(card, ensure_ascii=False).encode()
            return one.text.encode()

        payload = fitting(made)
        assert len(payload) < 28_000
        if target != "sms":
            assert b"THIS IS IT" in payload
        if target in ("slack", "teams"):
            json.loads(payload)


@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), st.integers(1, 50))
def test_a_window_is_inside_the_text(text: str, spans: list[tuple[int, int]], most: int) -> None:
    first, last = window(text, spans, most)
    assert 0 <= first <= last <= len(text)
    assert last - first <= max(most, len(text) if len(text) <= most else most)


def test_parts_with_evidence_are_told_first_and_numbers_are_not_torn() -> None:
    number = "07911 123 456 "
    parts = (Part(number * 400), Part("agent words", speaker="agent"), Part("y " * 2_000), Part("the end"))
    told = feedback_told(Feedback("f1", parts), [EvidenceSpan(1, 0, 5, "x"), EvidenceSpan(3, 0, 3, "y")])
    assert [part["part"] for part in told["parts"]] == [0, 1, 2, 3]
    assert sum(len(part["text"]) for part in told["parts"]) <= MOST_CHARACTERS
    assert told["parts"][1] == {"part": 1, "start": 0, "of": 11, "text": "agent words", "speaker": "agent"}


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("target", TARGETS)
def test_every_event_has_a_template_for_every_target(event: Event, target: str) -> None:
    templates = Templates()
    kinds = {Event.THANK: "thanks", Event.ALERT: "opened", Event.SIGNAL: "opened", Event.SYSTEM: "opened"}
    spec = replace(SPEC, to_customer=event is Event.THANK)
    found = Renderer(spec, templates, plain_mask).rendered(
        target, Message("nt_1", json.dumps(dict(SAMPLES[event])), NOON, None, kinds.get(event, str(event)), "ann")
    )
    assert found.summary
    assert found.text


def program(folder: Path, receivers: str = "operators: {kind: log}", **templates: str) -> Any:
    (folder / "program.yaml").write_text("name: x")
    (folder / "receivers.yaml").write_text(receivers)
    (folder / "templates").mkdir()
    for name, text in templates.items():
        (folder / "templates" / name.replace("__", ".")).write_text(text)
    return load_program(folder, environment={})[0]


def test_a_receivers_own_template_is_used(tmp_path: Path) -> None:
    found = program(
        tmp_path,
        "chat: {kind: slack, url: 'https://x.example', template: mine}",
        mine__slack="Mine: {{ alert.title }}\n\n{{ words }}\n\n{% include 'foot.slack' %}",
        foot__slack="{{ links | length }} links",
    )
    assert found.receivers["chat"].template == "mine"
    shown = rendered("slack", body("*hello*"), Templates(found.templates), template="mine")
    assert shown.text == "Mine: About \u200b*\u200bhello\u200b*\u200b\n\n\x02words\x02\n\n1 links"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("alert__txt", "a\n{{ alert.title", "alert.txt:2:1: error: this is not a valid", id="syntax"),
        pytest.param("alert__txt", "a\nb {{ alrt.title }}", "alert.txt:2:1: error: this fails for", id="name"),
        pytest.param("alert__txt", "{{ alert.tilte }}", "has no attribute 'tilte'", id="a slip"),
        pytest.param("alert__txt", "{% include 'no.txt' %}", "TemplateNotFound", id="an include"),
        pytest.param("alert__txt", "\n{{ ''.__class__.__mro__ }}", "SecurityError", id="out of the sandbox"),
        pytest.param("alert__txt", "{{ 1 / 0 }}", "ZeroDivisionError", id="zero"),
        pytest.param("alrt__pdf", "x", "alrt.pdf is no template: they are called NAME.txt", id="a kind"),
        pytest.param("alert__text", "x", "did you mean alert.txt?", id="nearest"),
    ],
)
def test_a_bad_template_is_told_of_at_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        program(tmp_path, **{name: text})
    assert said in str(caught.value)


def test_a_template_that_fails_later_gives_way_to_the_one_that_ships() -> None:
    templates = Templates({"alert.txt": "{{ 1 / (alert.title == 'A test of this receiver') }}"})
    assert rendered("txt", dict(SAMPLES[Event.ALERT]), templates).text == "1.0"
    assert "Why: " in rendered("txt", body("hello"), templates).text
