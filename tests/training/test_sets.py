"""Public sets, mapped to the default trees by a table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from models.taxonomy import default_taxonomy
from training.data import Labelled
from training.sets import SETS, MappedSet, mapped_sets

TAXONOMY = default_taxonomy()


def _rows(folder: Path, path: str, *rows: dict[str, object]) -> list[Labelled]:
    file = folder / path
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [item for items in mapped_sets(folder, TAXONOMY).values() for item in items]


def _leaves(mask: object) -> set[str]:
    return {TAXONOMY.columns[column][1] for column in np.flatnonzero(mask)}


def test_what_maps_is_taken_and_what_is_doubtful_stays_open(tmp_path: Path) -> None:
    (one,) = _rows(
        tmp_path,
        "clean/banking77/train.jsonl",
        {"id": "1", "text": "Please give me my money back", "labels": ["request_refund"]},
        {"id": "2", "text": "What is a Visa card?", "labels": ["visa_or_mastercard"]},
    )
    assert _leaves(one.labels[0]) == {"billing/refunds", "refund-request"}
    open_topics = _leaves(1 - one.known[0]) & set(TAXONOMY.leaves["topic"])
    assert "billing/payment" in open_topics
    assert "billing/refunds" not in open_topics
    assert not one.known[0, TAXONOMY.slices["emotion"]].any()
    assert (one.split, one.bounded) == (False, False)


def test_polarities_of_aspects_map_too(tmp_path: Path) -> None:
    row = {"id": "1", "text": "Lovely soup", "labels": ["food"], "aspects": [["food", "positive"]]}
    (one,) = _rows(tmp_path, "clean/mams_acsa/train.jsonl", row)
    assert _leaves(one.labels[0]) == {"product/quality", "praise"}


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.title)
def test_every_name_of_the_table_is_a_leaf(one: MappedSet) -> None:
    named = [one.doubtful, *one.labels.values()]
    assert all(leaf in TAXONOMY.leaves[task] for paths in named for task, leaves in paths.items() for leaf in leaves)
    assert one.licence


def test_sets_that_are_absent_are_left_out_and_benchmarks_refused(tmp_path: Path) -> None:
    assert mapped_sets(tmp_path, TAXONOMY) == {}
    with pytest.raises(DataError, match="measuring only"):
        _rows(tmp_path / "benchmark-only", "clean/nlupp/train.jsonl", {"id": "1", "text": "x", "labels": []})
