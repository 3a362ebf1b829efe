"""One finding where several patterns saw the same characters."""

from __future__ import annotations

from collections.abc import Iterable

from engine.privacy.policy import Finding, Kind

# What says most about a span that patterns of one score agree on.
_RANK = {kind: rank for rank, kind in enumerate((Kind.NAME, Kind.ADDRESS, Kind.ORDER, Kind.ACCOUNT, Kind.PHONE))}


def resolve(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted and without overlaps.

    Findings that overlap become one over all their characters, so that nothing recognised is left outside: its kind
    is that of the surest, then of the longest.
    """
    resolved: list[Finding] = []
    best: Finding | None = None
    start = end = 0
    for finding in sorted(findings, key=lambda found: (found.start, -found.end)):
        if best is not None and finding.start < end:
            end = max(end, finding.end)
            best = max(best, finding, key=_weight)
            continue
        if best is not None:
            resolved.append(Finding(start, end, best.kind, best.score))
        best, start, end = finding, finding.start, finding.end
    if best is not None:
        resolved.append(Finding(start, end, best.kind, best.score))
    return resolved


def _weight(finding: Finding) -> tuple[float, int, int]:
    return finding.score, finding.end - finding.start, _RANK.get(finding.kind, len(_RANK))
