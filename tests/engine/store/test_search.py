"""Search: it finds what a plain look at every record finds, by any conditions, in any order of commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from engine.errors import FeedbackError, ForbiddenError, QuestionError
from engine.feedback import Feedback
from engine.insights.wording import indexed
from engine.intake import admit
from engine.scope import Scope
from engine.store.schema_search import search_entry, search_state
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.keyword_reader import KeywordReader
from tests.support.people import employ
from tests.support.searched import DAY, PROGRAM, asked, post, searched

Holds = Callable[[Feedback, set[str], set[str]], bool]


def words(*wanted: str) -> Holds:
    return lambda one, _labels, _rules: all(f" {word} " in f" {indexed(one.text)} " for word in wanted)


def label(*named: str) -> Holds:
    return lambda _one, labels, _rules: all(any(f"{held}/".startswith(f"{node}/") for held in labels) for node in named)


def nps(low: float, high: float) -> Holds:
    return lambda one, _labels, _rules: "nps" in one.scores and low <= one.scores["nps"] <= high


def attribute(name: str, *values: Any) -> Holds:
    return lambda one, _labels, _rules: one.attributes.get(name) in values


def field(name: str, *values: Any) -> Holds:
    return lambda one, _labels, _rules: getattr(one, name) in values


def below(unit: str) -> Holds:
    return lambda one, _labels, _rules: Scope(unit).sees(one.unit)


def sides(good: bool, bad: bool) -> Holds:
    def holds(_one: Feedback, labels: set[str], _rules: set[str]) -> bool:
        groups = {held.removeprefix("emotion:").split("/")[0] for held in labels if held.startswith("emotion:")}
        return ("joy" in groups, "anger" in groups) == (good, bad)

    return holds


CASES: dict[str, tuple[dict[str, Any], Holds]] = {
    "nothing asked": ({}, lambda *_: True),
    "a word": ({"words": "menu"}, words("menu")),
    "in any case, with accents or without": ({"words": "CAFE"}, words("cafe")),
    "accents that the text lacks": ({"words": "bád"}, words("bad")),
    "sharp s": ({"words": "STRASSE naive"}, words("strasse", "naive")),
    "all words": ({"words": "bad furious"}, words("bad", "furious")),
    "a phrase": ({"words": '"menu is bad"'}, words("menu is bad")),
    "a phrase across the words between": ({"words": '"menu bad"'}, lambda *_: False),
    "not a word": (
        {"words": "crash -annoying"},
        lambda o, *_: words("crash")(o, set(), set()) and "annoying" not in o.text,
    ),
    "only not": ({"words": "-bad -thanks"}, lambda o, *_: "bad" not in o.text and "thanks" not in o.text),
    "not a phrase": ({"words": 'bad -"is bad"'}, lambda o, *_: "bad" in o.text and "is bad" not in o.text),
    "a beginning": ({"words": "furi*"}, words("furious")),
    "a phrase's beginning": ({"words": '"the menu i*"'}, words("the menu is bad")),
    "words without spaces": ({"words": "很慢"}, words("很 慢")),
    "no such word": ({"words": "zebra"}, lambda *_: False),
    "no words": ({"words": '"" - * !!'}, lambda *_: True),
    "a label": ({"label": ["intent:complaint"]}, label("intent:complaint")),
    "a node": ({"label": ["topic:digital"]}, label("topic:digital")),
    "two labels": ({"label": ["topic:digital", "emotion:anger"]}, label("topic:digital", "emotion:anger")),
    "surely": ({"label": ["topic:digital>=0.9"]}, label("topic:digital")),
    "too surely": ({"label": ["topic:digital>=0.95"]}, lambda *_: False),
    "positive": ({"sentiment": ["positive"]}, sides(True, False)),
    "mixed": ({"sentiment": ["mixed"]}, sides(True, True)),
    "negative or mixed": ({"sentiment": ["mixed", "negative"]}, label("emotion:anger")),
    "neutral": ({"sentiment": ["neutral"]}, sides(False, False)),
    "a score's range": ({"score": ["nps:3..6"]}, nps(3, 6)),
    "a score": ({"score": ["nps:10"]}, nps(10, 10)),
    "two scores": ({"score": ["nps:..6", "nps:5.."]}, nps(5, 6)),
    "no score": ({"missing": ["nps"]}, lambda o, *_: "nps" not in o.scores),
    "text": ({"attribute": ["store:Leeds"]}, attribute("store", "Leeds")),
    "text with quotes": ({"attribute": ['store:St "Paul"']}, attribute("store", 'St "Paul"')),
    "one of": ({"attribute": ["tier:gold"]}, attribute("tier", "gold")),
    "a number": ({"attribute": ["tenure:3"]}, attribute("tenure", 3)),
    "numbers": ({"attribute": ["tenure:1..2"]}, attribute("tenure", 1, 2)),
    "a flag": ({"attribute": ["member:false"]}, attribute("member", False)),
    "undeclared": ({"attribute": ["attribute.x:1"]}, lambda *_: False),
    "no attribute": ({"missing": ["store"]}, attribute("store", None)),
    "sources": ({"source": ["web", "none"]}, field("source", "web")),
    "channels": ({"channel": ["app", "email"]}, field("channel", "app", "email")),
    "no channel": ({"missing": ["channel"]}, field("channel", None)),
    "a unit and below": ({"unit": "emea/uk"}, below("emea/uk")),
    "a customer": ({"customer": ["c1"]}, field("customer", "c1")),
    "no customer": ({"missing": ["customer"]}, field("customer", None)),
    "a language": ({"language": ["en"]}, lambda *_: True),
    "a status": ({"status": ["unread", "empty"]}, lambda *_: False),
    "with an alert": ({"alerted": True}, lambda _o, _l, rules: bool(rules)),
    "without an alert": ({"alerted": False}, lambda _o, _l, rules: not rules),
    "with an alert of a rule": ({"rule": ["furious", "nothing"]}, lambda _o, _l, rules: "furious" in rules),
    "since": (
        {"since": (NOON - 3 * DAY).isoformat()},
        lambda o, *_: o.occurred_at is not None and o.occurred_at >= NOON - 3 * DAY,
    ),
    "until": (
        {"until": (NOON - 20 * DAY).isoformat()},
        lambda o, *_: o.occurred_at is not None and o.occurred_at < NOON - 20 * DAY,
    ),
    "what no text can be": ({"customer": ["c\x00"]}, lambda *_: False),
}
SCOPES = (Scope(), Scope("emea/uk"))


def test_it_finds_what_a_plain_look_at_every_record_finds(store: Store) -> None:
    home = searched(store)
    wrong = {}
    for name, (given, holds) in CASES.items():
        for scope in SCOPES:
            wanted = home.plain(lambda o, ls, rs, holds=holds, scope=scope: scope.sees(o.unit) and holds(o, ls, rs))
            found = home.found(asked(**given), scope)
            if found != wanted:
                wrong[name, scope.unit] = (found, wanted)
    assert wrong == {}


def test_conditions_hold_together(store: Store) -> None:
    home = searched(store)
    names = [name for name in CASES if name not in ("no words", "nothing asked")]
    wrong = {}
    for one, other in zip(names, [*names[7:], *names[:7]], strict=True):
        (first, holds), (second, too) = CASES[one], CASES[other]
        if set(first) & set(second):
            continue
        wanted = home.plain(lambda *args, holds=holds, too=too: holds(*args) and too(*args))
        if home.found(asked(**first, **second), limit=3) != wanted:
            wrong[one, other] = wanted
    assert wrong == {}


def test_of_a_revised_record_the_latest_revision_is_found_once(store: Store) -> None:
    home = searched(store, 30)
    old = home.feedback["f3"]
    post(home, [{"id": "f3", "source": old.source, "text": "zebra crossing"}], revise=True)
    assert home.found(asked(words="zebra")) == ["f3"]
    everything = home.found(asked())
    assert everything[0] == "f3"
    assert sorted(everything) == sorted(home.feedback)
    assert "f3" not in home.found(asked(words=old.text.split()[0]))
    post(home, [{"id": "f3", "source": old.source, "text": "lion"}], revise=True)
    assert (home.found(asked(words="zebra")), home.found(asked(words="lion"))) == ([], ["f3"])


def test_what_is_read_later_is_found_by_its_labels_but_an_old_revision_is_not(store: Store) -> None:
    home = searched(store, 10)
    reader = home.engine.reader
    assert isinstance(reader, KeywordReader)
    unread = home.engine.unread()
    batch = [admit({"id": name, "text": "menu bad"}, PROGRAM, NOON) for name in ("u1", "u2")]
    home.engine.decide(batch, {one.key: unread for one in batch}, False, False)
    again = admit({"id": "u2", "text": "great"}, PROGRAM, NOON)
    home.engine.decide([again], {again.key: reader.read([again.parts])[0]}, False, True)
    assert home.found(asked(status=["unread"])) == ["u1"]
    assert home.engine.read_later() > 0
    assert home.found(asked(status=["unread"])) == []
    assert "u1" in home.found(asked(label=["topic:digital"]))
    assert home.found(asked(words="menu"))[0] == "u1"
    with store.database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM search_entry")) == 12


def test_pages_go_on_while_feedback_comes_and_repeat_nothing(store: Store) -> None:
    home = searched(store, 40)
    before = home.found(asked(words="bad"))
    seen: list[str] = []
    cursor: str | None = None
    for turn in range(100):
        page = store.search.page(asked(words="bad"), limit=3, cursor=cursor)
        seen += [one.feedback.id for one in page.found]
        post(home, [{"id": f"new{turn}", "text": "bad again"}, {"id": before[-1], "source": "other", "text": "bad"}])
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == before


def test_what_was_stored_before_there_was_a_search_is_entered_by_and_by(store: Store) -> None:
    home = searched(store, 50)
    old = home.feedback["f5"]
    post(home, [{"id": "f5", "source": old.source, "text": "zebra"}], revise=True)
    wanted = {name: home.found(asked(**given)) for name, (given, _) in CASES.items()}
    with store.database.write() as connection:
        rows = connection.execute(select(search_entry).order_by(search_entry.c.sequence)).all()
        connection.execute(search_entry.delete())
        connection.execute(text("DELETE FROM search_words"))
        connection.execute(search_state.update().values(below=51))
    post(home, [{"id": "later", "text": "zebra"}])
    page = store.search.page(asked())
    assert ([one.feedback.id for one in page.found], page.complete) == (["later"], False)
    left = [store.search.catch_up(20) for _ in range(4)]
    assert left == [31, 11, 0, 0]
    with store.database.write() as connection:
        connection.execute(search_state.update().values(below=30))  # as if it had been cut off
    assert store.search.catch_up(100) == 0
    with store.database.write() as connection:
        store.search.remove(connection, [52])
        assert connection.execute(select(search_entry).order_by(search_entry.c.sequence)).all() == rows
    assert {name: home.found(asked(**given)) for name, (given, _) in CASES.items()} == wanted
    assert store.search.page(asked()).complete


def test_what_is_removed_is_found_no_more_and_leaves_no_word(store: Store) -> None:
    home = searched(store, 5)
    post(home, [{"id": "gone", "text": "xylophone"}])
    with store.database.write() as connection:
        sequence = connection.scalar(select(func.max(search_entry.c.sequence))) or 0
        store.search.remove(connection, [sequence, 10**9])
        store.search.compact(connection)
        if store.database.dialect == "sqlite":
            left = [bytes(row[0]) for row in connection.exec_driver_sql("SELECT block FROM search_words_data")]
            assert not any(b"xylo" in block for block in left)
    assert home.found(asked(words="xylophone")) == []
    assert "gone" not in home.found(asked())


HOSTILE = {
    "quotes": '"""""',
    "one quote": '"late',
    "operators": "AND OR NOT NEAR(a b) ^x {a}: col:x (((",
    "a backslash": "\\ ' \" ; DROP TABLE feedback; --",
    "stars": "* ** ***",
    "minuses": '- -- --- -"" -*',
    "tsquery": "a & b | !c <-> d :* 'x':A",
    "control": "a\x00b\x07\ud800",
    "marks alone": "\u0301\u0301 \u200d \ufe0f",
    "many": " ".join(f"w{n}" for n in range(64)),
    "a long phrase without spaces": "慢" * 1_000,
    "emoji": "😡 👩‍👩‍👧 🇬🇧",
    "right to left": "خدمة سيئة שירות",
    "underscores": "a_b _ __",
    "digits": "1e5 007 1.5 -3",
}


def test_no_words_are_an_error(store: Store) -> None:
    home, lost = searched(store, 3), []
    for name, typed in HOSTILE.items():
        home.found(asked(words=typed))
        safe = "".join(one for one in typed if not "\ud800" <= one <= "\udfff" and one != "\x00")[:200]
        post(home, [{"id": name.replace(" ", "-"), "text": f"{name} {safe}"}])
        quoted = f"{name} {safe}".replace('"', " ")
        if home.found(asked(words=f'"{quoted}"')) != [name.replace(" ", "-")]:
            lost.append(name)
    assert lost == []


def test_a_very_long_record_is_stored_and_found(store: Store) -> None:
    home = searched(store, 1)
    long = [" ".join(f"w{part}x{n}" for n in range(2_000))[:19_900] for part in range(20)]
    long[0] = "first words " + long[0]
    post(home, [{"id": "long", "parts": [{"text": one} for one in long]}, {"id": "same", "text": "a " * 9_000}])
    assert home.found(asked(words='"first words"')) == ["long"]
    assert home.found(asked(words="w1x5")) == ["long"]
    assert home.found(asked(words='"a a a"')) == ["same"]
    (found,) = store.search.page(asked(words="w3x7")).found
    assert [found.excerpt.text[start:end] for start, end in found.excerpt.spans] == ["w3x7"]


def test_a_cursor_of_other_pages_is_refused(store: Store) -> None:
    for cursor in ("", "x", "-1", "1" * 30, "١٢", "1.5"):
        with pytest.raises(FeedbackError, match="cursor"):
            store.search.page(asked(), cursor=cursor)


def test_an_unknown_label_is_told_with_the_nearest(store: Store) -> None:
    searched(store, 1)
    with pytest.raises(QuestionError, match="did you mean 'digital/ease-of-use'"):
        store.search.page(asked(label=["topic:ease-of-use"]))


def test_an_employee_is_searched_for_by_that_employee_and_few_others(store: Store) -> None:
    home = searched(store, 40)
    employ(store)
    for person in (None, "kim", "bob", "nobody"):
        with pytest.raises(ForbiddenError):
            store.search.page(asked(employee="ann"), person=person)
    assert home.found(asked(employee="ann"), person="ann") == home.plain(lambda o, *_: o.employee == "ann")


def test_what_is_found_is_told_whole(store: Store) -> None:
    home = searched(store, 30)
    page = store.search.page(asked(words="furious menu", alerted=True), counted=True)
    one = page.found[0]
    told = one.as_dict()
    assert page.count is not None
    assert (page.count.count, page.count.more) == (len(home.found(asked(words="furious menu", alerted=True))), False)
    assert [one.excerpt.text[start:end] for start, end in one.excerpt.spans] == ["furious", "menu"]
    assert told["labels"]["topic"] == ["digital/ease-of-use"]
    assert {alert["rule"] for alert in told["alerts"]} >= home.rules[one.feedback.id]
    assert told["occurred_at"] == home.feedback[one.feedback.id].occurred_at.isoformat()  # type: ignore[union-attr]
    assert one.received_at - NOON < timedelta(seconds=1)
