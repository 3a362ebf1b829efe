"""A trace: every condition of a rule, with what was found, what was wanted and whether it held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.feedback import Part
from engine.rules.truth import Truth
from engine.spoken import told_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was found: a sentence, or the very words that were said.

    Parameters
    ----------
    sentence
        Its row in the reading; None for words in no sentence, as where nothing was read.
    part, start, end
        Half-open code-point offsets into that part's text.
    """

    sentence: int | None
    part: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trace:
    """One condition, judged.

    Parameters
    ----------
    condition
        The condition as people say it, such as ``nps at most 6``.
    truth
        Whether it held.
    found, wanted
        The two values that were compared; None for groups.
    evidence
        The sentence or the words behind it, if there are any.
    children
        The conditions of a group.
    label, confidence
        Of a condition that wants a label: the strongest of those it names, and the confidence that was compared.
    lacking
        Whether it holds for what is not there: then its evidence is no evidence of an alert.
    """

    condition: str
    truth: Truth
    found: Any = None
    wanted: Any = None
    evidence: Evidence | None = None
    children: tuple[Trace, ...] = ()
    label: str | None = field(default=None, compare=False)
    confidence: float | None = field(default=None, compare=False)
    lacking: bool = field(default=False, compare=False)

    def as_dict(self, parts: Sequence[Part] = ()) -> dict[str, Any]:
        """Return the trace as plain JSON values.

        Parameters
        ----------
        parts
            What was said: with it, spoken evidence is told with its time, and with how well it was heard.
        """
        record: dict[str, Any] = {"condition": self.condition, "truth": self.truth.said}
        if self.children:
            record["children"] = [child.as_dict(parts) for child in self.children]
        else:
            record |= {"found": self.found, "wanted": self.wanted}
        if self.evidence is not None:
            e = self.evidence
            spoken = told_of(parts[e.part], e.start, e.end) if parts else {}
            record["evidence"] = {"sentence": e.sentence, "part": e.part, "start": e.start, "end": e.end, **spoken}
        return record


def trace_from_dict(record: Mapping[str, Any]) -> Trace:
    """Rebuild a `Trace` from what `Trace.as_dict` returned."""
    evidence = record.get("evidence")
    return Trace(
        condition=record["condition"],
        truth=Truth[record["truth"].upper()],
        found=record.get("found"),
        wanted=record.get("wanted"),
        evidence=Evidence(*(evidence[name] for name in ("sentence", "part", "start", "end"))) if evidence else None,
        children=tuple(trace_from_dict(child) for child in record.get("children", ())),
    )
