"""Feedback full of personal data, and the search for any of it in whatever a service leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ahocorasick
import orjson
from sqlalchemy import text

from engine.ports import Recogniser
from engine.privacy.policy import Kind
from engine.store.schema_base import metadata
from engine.store.store import Store
from tests.support.personal import Planted, covered, planted
from tests.support.personal_values import STRUCTURED

PROGRAM = {
    "program.yaml": "name: leak\nattributes: {note: text, amount: number}\nprivacy: {keep_originals: true}\n",
    "receivers.yaml": "operators: {kind: log}\n"
    "crm: {kind: webhook, url: 'HOOK', secret: a-secret-of-the-leak-test, allow_private: true, sees: everything}\n"
    "chat: {kind: slack, url: 'HOOK', allow_private: true}\n",
}
_EXAMPLES = "examples: {fires: [{text: a, %s}, {text: b, %s}, {text: c, %s}], stays_quiet: [%s]}\n"
_QUIET = ", ".join(f"{{text: {word}, nps: 10}}" for word in "def")


def _rule(name: str, when: str, then: str, fires: str) -> str:
    examples = _EXAMPLES % (fires, fires, fires, _QUIET)
    return f"rule: {name}\nstatus: live\nwhen: {when}\nthen: {then}\n{examples}"


PROGRAM["rules/rules.yaml"] = "---\n".join(
    (
        _rule(
            "low", "{nps: {at_most: 3}}", "{severity: high, send_to: crm, cooldown: {per: customer, for: 7d}}", "nps: 1"
        ),
        _rule("middle", "{nps: {between: [4, 6]}}", "{severity: low, send_to: chat}", "nps: 5"),
        _rule("high", "{nps: {between: [7, 8]}}", "{severity: low}", "nps: 7"),
        _rule(
            "noted",
            "{all: [{nps: {at_most: 8}}, {count: {at_least: 2, within: 7d, per: note}}]}",
            "{severity: low, send_to: crm}",
            "nps: 1, note: x, repeat: 2",
        ),
    )
)
# Of what is shorter, a hit may be anything.
SHORTEST = 6
BARE = ("{}",)
NAMES = (Kind.EMAIL, Kind.PHONE, Kind.CARD)


@dataclass
class Plot:
    """Records with personal data in every field, what was planted in them, and what of it is recognised.

    Parameters
    ----------
    secrets
        What is recognised, as it was written: none of it may stand anywhere.
    planted, covered
        How many pieces there are in the texts, and how many are recognised whole.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    planted: int = 0
    covered: int = 0

    @property
    def recall(self) -> float:
        """How much of what is planted in texts is recognised."""
        return self.covered / self.planted


def plot(n: int, recogniser: Recogniser, seed: int = 7) -> Plot:
    """Return so many records."""
    made = Plot()
    texts, questions, notes = (planted(n, seed + place, STRUCTURED) for place in range(3))
    names, whos, staff, ways = (planted(n, seed + 3 + place, NAMES, carriers=BARE) for place in range(4))
    for number in range(n):
        planted_here = (texts[number], questions[number], notes[number])
        bare = (names[number], whos[number], staff[number], ways[number])
        for some in (planted_here, bare):
            _note(made, some, recogniser)
        made.records.append(_record(number, [one.text for one in (*planted_here, *bare)]))
    return made


def _record(number: int, said: list[str]) -> dict[str, Any]:
    words, asked, note, name, who, staff, way = said
    record: dict[str, Any] = {"id": f"r{number}", "scores": {"nps": number % 10}}
    if number % 3:
        record["text"] = words
    else:
        record["parts"] = [{"text": words, "question": asked[:2000]}, {"text": asked, "speaker": "agent"}]
    attributes: dict[str, Any] = {"note": note, "amount": number}
    if number % 5 == 0 and len(name) <= 100 and name.isprintable():
        attributes[name] = "x"
    record["attributes"] = attributes
    record |= {"customer": who, "employee": staff[:200]}
    return record | ({"channel": way} if len(way) <= 100 else {})


def _note(made: Plot, some: Iterable[Planted], recogniser: Recogniser) -> None:
    """Note what is recognised of some texts, by the recogniser itself, and how much of what was planted that is."""
    some = list(some)
    for one, findings in zip(some, recogniser.find([one.text for one in some]), strict=True):
        made.planted += len(one.spans)
        made.covered += sum(covered(one.text, span, findings) for span in one.spans)
        made.secrets |= {one.text[found.start : found.end].strip() for found in findings}


def invalid(secrets: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield records that are refused, each with somebody's data where the error may repeat it."""
    for one in secrets:
        yield {"id": f" {one}", "text": "x"}
        yield {"id": "bad", "text": "x", one: 1}
        yield {"id": "bad", "text": "x", "scores": {one: 3}}
        yield {"id": "bad", "text": "x", "scores": {"nps": f"no, {one}"}}
        yield {"id": "bad", "text": "x", "attributes": {"amount": f"about {one}"}}
        yield {"id": "bad", "text": "x", "occurred_at": one}
        yield {"id": "bad", "parts": [{"text": "x", "speaker": one}]}
        yield {"id": "bad", "parts": [{"text": "x", one: "x"}]}
        yield {"id": "bad", "text": "x", "unit": f"/{one}"}


class Search:
    """Finds any of many values in any of the ways in which they can be written into a file."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._all = ahocorasick.Automaton()
        for secret in secrets:
            if len(secret) >= SHORTEST:
                for spelling in _spellings(secret):
                    self._all.add_word(spelling, (spelling, secret))
        self._all.make_automaton()

    def found(self, content: bytes) -> set[str]:
        """Return what stands in some bytes, as a word of its own: not inside a digest or another number."""
        said = content.decode("latin-1")
        found = set()
        for last, (spelling, secret) in self._all.iter(said):
            first = last + 1 - len(spelling)
            around = (said[max(first - 1, 0) : first], said[last + 1 : last + 2])
            # The fraction of a moment's seconds has six digits of its own.
            in_number = said[max(first - 2, 0) : first].endswith(".") and said[max(first - 2, 0)].isdigit()
            if not in_number and not any(one.isascii() and one.isalnum() for one in around):
                found.add(secret)
        return found


def _spellings(secret: str) -> set[str]:
    ways = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {way.encode("utf-8", "surrogatepass").decode("latin-1") for way in ways}


def left_behind(folder: Path) -> Mapping[str, bytes]:
    """Return every file below a folder, the database's own ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows_of(store: Store) -> Mapping[str, bytes]:
    """Return what every column of every table holds."""
    held: dict[str, bytes] = {}
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")).mappings():
                for column, value in row.items():
                    if isinstance(value, str | bytes | memoryview):
                        plain = value.encode() if isinstance(value, str) else bytes(value)
                        held[f"{table.name}.{column}"] = held.get(f"{table.name}.{column}", b"") + b"\n" + plain
    return held


def batches(records: list[dict[str, Any]], size: int = 100) -> Iterator[bytes]:
    """Yield bodies of some records each."""
    for start in range(0, len(records), size):
        yield orjson.dumps(records[start : start + size])
