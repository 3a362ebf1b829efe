"""Reading a little at a time comes to the same as reading at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from api.patient_reader import CHARACTERS_AT_ONCE, PatientReader
from engine.feedback import Part
from engine.reading import Reading
from tests.support.keyword_reader import KeywordReader

HALF = CHARACTERS_AT_ONCE // 2


class CountingReader(KeywordReader):
    """Keeps how many records were read at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[int] = []

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        self.groups.append(len(records))
        return super().read(records)


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([5, 0, 5], [3], id="few"),
        pytest.param([HALF, HALF, 1], [2, 1], id="just as many as fit"),
        pytest.param([CHARACTERS_AT_ONCE * 3, 1], [1, 1], id="one that is too long alone"),
        pytest.param([HALF + 1] * 3, [1, 1, 1], id="none that fit together"),
    ],
)
def test_records_are_read_a_few_at_a_time_in_their_order(lengths: list[int], groups: list[int]) -> None:
    records = [
        [Part(f"{'furious' if place % 2 else 'hello'}".ljust(length)[:length])] for place, length in enumerate(lengths)
    ]
    reader = CountingReader()
    patient = PatientReader(reader)
    found = patient.read(records)
    assert reader.groups == groups
    assert [one.as_dict("x") for one in found] == [one.as_dict("x") for one in KeywordReader().read(records)]
    assert (patient.model, patient.taxonomy) == (reader.model, reader.taxonomy)
