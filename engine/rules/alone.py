"""One rule of many, by itself."""

from __future__ import annotations

from dataclasses import replace

from engine.rules.load import LoadedRules
from engine.rules.rule import RuleStatus


def alone(rules: LoadedRules, slug: str, *, as_live: bool = False) -> LoadedRules:
    """Return one rule, or none where there is none of that name; what it counts of others it has in itself.

    Parameters
    ----------
    as_live
        Whether it is to be judged as if it were live.
    """
    rule = rules.by_slug.get(slug)
    if rule is not None and as_live:
        rule = replace(rule, status=RuleStatus.LIVE)
    return replace(rules, rules=() if rule is None else (rule,), index_before=None)
