"""The sheet: one record on somebody's table, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.taxonomy import TASKS

if TYPE_CHECKING:
    from training.review import ReviewRow

Label = tuple[str, str]
MOST_NEAR = 9


class Sheet:
    """What is answered of a record so far.

    Parameters
    ----------
    row
        The record, with what the model suggests.
    columns
        The labels that there are, in the order of the trees.
    answers
        Of a record that is opened again: what was answered of each sentence.
    """

    def __init__(
        self, row: ReviewRow, columns: Sequence[Label], answers: Sequence[Mapping[str, Sequence[str]] | None] = ()
    ) -> None:
        self.row = row
        self._columns = columns
        self._answers: list[Mapping[str, Sequence[str]] | None] = list(answers) or [None] * len(row.sentences)
        self.at = 0
        self.chosen: set[Label] = set()
        self._open(len(row.sentences) - 1 if answers else 0)

    @property
    def sentence(self) -> str:
        """The sentence that is labelled now."""
        return self.row.sentences[self.at]

    @property
    def suggested(self) -> set[Label]:
        """What the model found in it."""
        return _flat(self.row.suggested[self.at])

    @property
    def unsure(self) -> set[Label]:
        """What the model is not sure of in it."""
        return _flat(self.row.unsure[self.at])

    def answer(self, place: int) -> Mapping[str, Sequence[str]] | None:
        """Return what was answered of a sentence; None if nothing yet, and empty if it was skipped."""
        return self._answers[place]

    def near(self, often: Sequence[Label] = ()) -> list[Label]:
        """Return the labels that are probably wanted, at most nine: suggested, in doubt, and what was chosen before."""
        before = [one for given in self._answers[: self.at] if given for one in sorted(_flat(given))]
        known = set(self._columns)
        found = dict.fromkeys([*self._sorted(self.suggested), *self._sorted(self.unsure), *before, *often])
        return [one for one in found if one in known][:MOST_NEAR]

    def toggle(self, label: Label) -> None:
        """Say that a label holds, or that it does not."""
        self.chosen ^= {label}

    def keep(self, *, nothing: bool = False) -> bool:
        """Answer the sentence with what is chosen, and go on; return whether the record is done.

        Parameters
        ----------
        nothing
            Answer that no label holds.
        """
        chosen = set() if nothing else self.chosen
        self._answers[self.at] = {task: [leaf for of, leaf in self._sorted(chosen) if of == task] for task in TASKS}
        return self._on()

    def skip(self) -> bool:
        """Leave the sentence unjudged, and go on; return whether the record is done."""
        self._answers[self.at] = {}
        return self._on()

    def back(self) -> bool:
        """Open the sentence before again; return whether there was one."""
        if not self.at:
            return False
        self._open(self.at - 1)
        return True

    @property
    def judged(self) -> bool:
        """Whether anything was answered."""
        return any(self._answers)

    def as_dict(self) -> dict[str, Any]:
        """Return the record as labelled feedback, with what was suggested beside it."""
        row = self.row.as_dict()
        pairs = zip(self.row.sentences, self._answers, strict=True)
        return row | {"sentences": [{"text": text} | dict(given or {}) for text, given in pairs]}

    def _on(self) -> bool:
        if self.at + 1 == len(self.row.sentences):
            return True
        self._open(self.at + 1)
        return False

    def _open(self, place: int) -> None:
        """Turn to a sentence: with its answer, or else with what the model suggests."""
        self.at = place
        given = self._answers[place]
        self.chosen = (_flat(given) if given else self.suggested) & set(self._columns)

    def _sorted(self, labels: set[Label]) -> list[Label]:
        return [one for one in self._columns if one in labels]


def _flat(labels: Mapping[str, Sequence[str]]) -> set[Label]:
    return {(task, leaf) for task, leaves in labels.items() for leaf in leaves}


def sheet_of(saved: Mapping[str, Any], columns: Sequence[Label]) -> Sheet:
    """Return the sheet of a row that was answered before, at its last sentence."""
    from training.review import ReviewRow

    texts = tuple(one["text"] for one in saved["sentences"])
    excerpt = saved.get("excerpt")
    row = ReviewRow(
        key=(saved["source"], saved["id"], saved["revision"]),
        first=excerpt[0] - 1 if excerpt else 0,
        total=len(texts) if not excerpt else max(excerpt[1], len(texts) + 1),
        sentences=texts,
        suggested=tuple(_by_task(one) for one in saved["suggested"]),
        unsure=tuple(_by_task(one) for one in saved["unsure"]),
        why=tuple(saved["why"]),
        model=saved["model"],
        taxonomy=saved["taxonomy"],
        verdicts=tuple(saved.get("verdicts", ())),
    )
    answers = [{task: one[task] for task in TASKS if task in one} for one in saved["sentences"]]
    return Sheet(row, columns, answers)


def _by_task(given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {task: tuple(names) for task, names in given.items()}
