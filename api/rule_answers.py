"""Published rules as answers."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.problems import findings_of
from api.routes.feedback import as_json
from engine.rules.load import LoadedRules
from engine.rules.rule import Rule
from engine.shelf.version import RuleVersion


def problems_of(rules: LoadedRules, version: RuleVersion) -> list[dict[str, Any]]:
    """Return what is wrong with a rule among the rules that are judged by."""
    return findings_of(rules.by_file.get(version.rule_file.name, ()))


def detail(rules: LoadedRules, version: RuleVersion, status: int = 200) -> Response:
    """Return a rule with its text, and as what it is judged by."""
    loaded = rules.of(version.rule_file)
    summary = _summary(loaded.rules[0]) if loaded is not None and loaded.rules else None
    body = version.as_dict() | {"problems": problems_of(rules, version), "text": version.draft.text}
    return _tagged(body | {"summary": summary}, version, status)


def with_text(version: RuleVersion) -> Response:
    """Return a version of a rule with its text."""
    return _tagged(version.as_dict() | {"text": version.draft.text}, version, 200)


def _tagged(body: dict[str, Any], version: RuleVersion, status: int) -> Response:
    answer = as_json(body)
    answer.status_code = status
    answer.headers["ETag"] = f'"{version.number}"'
    return answer


def _summary(rule: Rule) -> dict[str, Any]:
    fires = sum(example.fires for example in rule.examples)
    return {
        "severity": str(rule.severity),
        "send_to": rule.send_to,
        "if_unsure": str(rule.if_unsure),
        "must_not_lose": rule.must_not_lose,
        "fires": fires,
        "stays_quiet": len(rule.examples) - fires,
    }
