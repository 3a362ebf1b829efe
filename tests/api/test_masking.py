"""Logs and errors: what they repeat of a sender's words has no personal data, and says all the rest."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from api.cli.files import located
from api.cli.listening import LOGGING
from api.cli.output import log_to_stderr
from api.masking import MaskingFormatter, mask, mask_all, mask_event
from api.problems import answer
from engine.errors import FeedbackError, NotFoundError
from tests.support.service import House

MAIL, PHONE = "ann.lee@mail.example", "07911 123456"
WIDE = "ａｎｎ＠ｍａｉｌ．ｅｘａｍｐｌｅ"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log as the command line writes it."""
    before, stream = structlog.get_config(), io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    log_to_stderr()
    yield stream
    structlog.configure(**before)


@pytest.mark.parametrize(
    "secret", [MAIL, PHONE, WIDE, "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "jane dot doe at mail dot com"]
)
def test_a_message_keeps_its_length_and_all_but_the_secret(secret: str) -> None:
    said = mask(f"the file 'x.csv' has {secret} in line 3")
    assert len(said) == len(f"the file 'x.csv' has {secret} in line 3")
    assert said.startswith("the file 'x.csv' has ")
    assert said.endswith(" in line 3")
    assert not any(word in said for word in secret.split())


@pytest.mark.parametrize(
    "said",
    [
        "there is no program.yaml; a program is a folder with program.yaml, rules/ and receivers.yaml",
        "occurred_at '2026-13-01' is not a time; write ISO 8601, such as 2026-03-01T14:30:00Z",
        "there is no alert al_0123456789abcdef0123456789abcdef, or this key may not see it",
        "record 12: text has 20,001 characters; at most 20,000 are taken: split it into parts",
        "the model default@d9f0db93 is not there; sha256 " + "0123456789abcdef" * 4,
        "scores.nps is 11; it goes from 0 to 10",
        "hk_ is no key",
    ],
)
def test_what_a_message_says_of_the_service_stays(said: str) -> None:
    assert mask(said) == said


def test_a_log_line_is_masked_wherever_a_value_stands(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        raise ValueError(f"no number: {PHONE}")
    except ValueError as problem:
        log.error("something failed", problem=str(problem), nested={"to": [MAIL]}, error=problem, exc_info=True)
    said = lines.getvalue()
    assert MAIL not in said
    assert PHONE not in said
    line = json.loads(said)
    assert line["event"] == "something failed"
    assert "test_masking.py" in line["exception"]
    assert line["problem"].startswith("no number: ")


def test_any_value_of_an_event_is_masked() -> None:
    event: dict[str, Any] = {"event": "x", "count": 3, "none": None, "bytes": MAIL.encode(), "error": ValueError(MAIL)}
    made = mask_event(None, "error", event)
    assert (made["count"], made["none"]) == (3, None)
    assert MAIL not in str(made)


def test_lines_of_other_libraries_are_masked_with_their_exceptions() -> None:
    assert LOGGING["formatters"]["masked"]["()"] == f"{MaskingFormatter.__module__}.{MaskingFormatter.__name__}"
    try:
        raise ValueError(MAIL)
    except ValueError as problem:
        caught = (ValueError, problem, problem.__traceback__)
        record = logging.LogRecord("uvicorn", logging.ERROR, "x.py", 1, "failed for %s", (PHONE,), caught)
    said = MaskingFormatter("%(message)s").format(record)
    assert said.startswith("failed for ")
    assert MAIL not in said
    assert PHONE not in said


def test_a_problem_is_masked_in_its_detail_and_its_field() -> None:
    body = json.loads(answer(FeedbackError(f"'{MAIL}' is no field", field=f"attributes.{MAIL}", position=3)).body)
    assert MAIL not in json.dumps(body)
    assert (body["position"], len(body["field"])) == (3, len(f"attributes.{MAIL}"))
    assert json.loads(answer(NotFoundError("there is no record")).body)["detail"] == "there is no record"


def test_a_bad_record_of_a_file_is_named_by_file_and_line() -> None:
    said = str(located("survey-20260301123456.csv", 12, FeedbackError(f"'{MAIL}' is no number")))
    assert said.startswith("survey-20260301123456.csv:12: '")
    assert MAIL not in said


def test_names_of_objects_stay_and_numbers_do() -> None:
    assert mask_all({"errors": [{"line": 4, "message": PHONE}]}) == {"errors": [{"line": 4, "message": mask(PHONE)}]}


def test_no_metric_has_a_label_from_a_sender(home: House) -> None:
    home.post({"id": "f1", "text": f"furious {MAIL}", "source": "s", "channel": MAIL, "customer": PHONE})
    home.get(f"/v1/feedback/{MAIL}")
    home.get(f"/{MAIL}", x=PHONE)
    said = home.get("/metrics").text
    assert MAIL not in said
    assert PHONE not in said
    assert 'route="/v1/feedback/{feedback_id}"' in said


@pytest.mark.parametrize("path", [f"/v1/feedback/{MAIL}", f"/v1/alerts?customer={MAIL}&x={MAIL}", f"/v1/x/{MAIL}"])
def test_what_is_asked_for_in_vain_is_not_repeated(home: House, path: str) -> None:
    answered = home.client.get(path, headers=home.key())
    assert answered.status_code in (404, 422)
    assert MAIL not in answered.text
