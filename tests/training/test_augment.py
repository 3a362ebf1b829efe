"""Variants keep every label and every word, and forget boundaries only where they say so."""

from __future__ import annotations

import random

import numpy as np
import torch

from models.taxonomy import default_taxonomy
from training.augment import merged, mistyped, slip, unpunctuated, varied
from training.bases import base_of
from training.batches import examples_of, tensors_of
from training.data import Labels, labelled

TAXONOMY = default_taxonomy()
RECORD = {
    "sentences": [
        {"text": "The app crashed, twice.", "emotion": ["annoyance"], "intent": ["defect"]},
        {"text": "!!!", "emotion": ["anger"], "intent": []},
        {"text": "Staff was lovely - really", "emotion": ["neutral"], "intent": ["praise"]},
    ]
}
ITEM = labelled(RECORD, Labels(TAXONOMY))


def test_a_transcript_has_no_marks_and_no_sentence_without_words() -> None:
    found = unpunctuated(ITEM)
    assert [found.text[start:end] for start, end in found.spans] == ["the app crashed twice", "staff was lovely really"]
    np.testing.assert_array_equal(found.labels, ITEM.labels[[0, 2]])
    assert unpunctuated(labelled({"text": "?!", "labels": {}}, Labels(TAXONOMY))).text == "?!"


def test_joined_neighbours_have_the_labels_of_both_and_neutral_stands_alone() -> None:
    class Always(random.Random):
        def random(self) -> float:
            return 0.0

    found = merged(ITEM, TAXONOMY, Always())
    assert found.spans == ((0, len(ITEM.text)),)
    held = {TAXONOMY.columns[column] for column in np.flatnonzero(found.labels[0])}
    assert {leaf for task, leaf in held if task == "emotion"} == {"anger/annoyance", "anger/anger"}
    assert {leaf for task, leaf in held if task == "intent"} == {"defect", "praise"}
    assert not found.bounded
    assert ITEM.labels[2].sum() == 2


def test_slips_keep_the_sentences_their_labels_and_all_but_a_letter() -> None:
    found = mistyped(ITEM, random.Random(1))
    assert len(found.spans) == 3
    assert found.text != ITEM.text
    assert abs(len(found.text) - len(ITEM.text)) <= 2
    np.testing.assert_array_equal(found.labels, ITEM.labels)
    assert mistyped(labelled({"text": "ok no", "labels": {}}, Labels(TAXONOMY)), random.Random(1)).text == "ok no"


def test_a_slip_swaps_leaves_out_doubles_or_misses_a_key() -> None:
    chance = random.Random(3)
    made = {slip("refund", chance) for _ in range(400)}
    assert {"erfund", "rfund", "rrefund", "rwfund"} <= made
    assert "refund" not in made


def test_variants_are_the_same_for_the_same_seed() -> None:
    one, other = ([item.text for item in varied([ITEM] * 20, TAXONOMY, random.Random(5))] for _ in range(2))
    assert one == other
    assert len(set(one)) > 4


def test_boundaries_train_only_where_sentences_were_told_apart() -> None:
    tokenizer = base_of("minilm").tokenizer
    items = [ITEM, labelled({"text": "ok i guess", "labels": {}}, Labels(TAXONOMY))]
    batch = tensors_of(examples_of(items, tokenizer, 256), tokenizer)
    begins = batch.begins * batch.candidates
    assert tokenizer.decode(batch.input_ids[0][begins[0] > 0].tolist()) == "! staff"
    assert torch.count_nonzero(batch.candidates[1]) == 0
