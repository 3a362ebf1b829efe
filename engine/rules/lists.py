"""Rule files in short lists, so that many rulesets can share what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.program import RuleFile, text_hash

# A list ends after a file whose hash ends so: one of 256. Where lists end depends on what is in them alone, so a
# file that is changed, added or taken out changes one list or two, and all the others stay as they are.
LAST = "00"


@dataclass(frozen=True, slots=True)
class RuleList:
    """Some rule files, one after the other.

    Parameters
    ----------
    text
        Their names and hashes, as JSON.
    sha256
        The hash of that text.
    """

    text: str
    sha256: str
    files: tuple[RuleFile, ...]


def rule_lists(files: Sequence[RuleFile]) -> tuple[RuleList, ...]:
    """Return files in lists, in their order."""
    ends = [place for place, file in enumerate(files, start=1) if file.sha256.endswith(LAST) or place == len(files)]
    return tuple(_list(files[start:end]) for start, end in zip([0, *ends], ends, strict=False))


def _list(files: Sequence[RuleFile]) -> RuleList:
    text = f"[{', '.join(file.listed for file in files)}]"
    return RuleList(text, text_hash(text), tuple(files))
