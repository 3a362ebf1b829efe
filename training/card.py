"""The model card, written from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.mixture import Source
from training.recipe import Recipe

THRESHOLDS = "Thresholds come from that and from what each network says of the part it did not see."
THRESHOLDS_BEFORE = "Thresholds lie halfway between those that it chooses and those of the model that was gone on from."
CARD = """# Model card: {name}

Reads English customer feedback: 28 emotions (GoEmotions), 11 intents and 35 topics a sentence, with calibrated
confidences, and rolls them up to the record.

## What it is

A six-layer MiniLM encoder of 384 dimensions (22.7 million parameters), fine-tuned on whole verbatims; each task pools the
tokens of a sentence with an attention of its own, beside the record's mean, under a linear head. Emotions have two such heads,
for feedback and for talk among people, weighed by a gate. A boundary head says at which words a sentence or clause begins.
The embedding is a linear map from the sentence's means in three layers back to the space of the base encoder. int8, ONNX Runtime.
Made by `heedful train` from `{base}`, seed {seed}, {epochs} epochs, {averaged}.

## What it was trained on

| data | records | licence |
|---|---|---|
{sources}

Base encoder: all-MiniLM-L6-v2 (Apache-2.0), N. Reimers and the sentence-transformers authors, on MiniLM by W. Wang et al. 2020.
GoEmotions: D. Demszky et al., GoEmotions: A Dataset of Fine-Grained Emotions (ACL 2020), CC BY 4.0; changed: labels as paths.
Of the other public sets, those records whose labels mean one of the default labels; changed: mapped to them. Banking77: I. Casanueva et al.,
Efficient Intent Detection with Dual Sentence Encoders (2020), CC BY 4.0. NLU++: I. Casanueva et al., NLU++ (2022), CC BY 4.0. CLINC150: S. Larson
et al., An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction (2019), CC BY 3.0. NatCS: J. Gung et al., NatCS: Eliciting
Natural Customer Support Dialogues (2023), CDLA-Permissive-2.0. MAMS: Q. Jiang et al., A Challenge Dataset and Effective Models for
Aspect-Based Sentiment Analysis (2019), Apache-2.0.
The samples that ship with Heedful are from the corpus: the model has seen them.

## How good it is

Measured through the shipped int8 model and the product's own sentence splitting. Calibration comes from a part of train
that nothing was fitted on. {thresholds} Nothing comes from the sets below.

{results}

## What it is not for

It reads English only. It judges words, not people: it must not be used to judge an employee or a customer without a human
reading what was said. Irony, and emotions with few examples (grief, relief, pride, remorse), are its weakest points: see
`metrics.json` for every label.
"""


def card(
    name: str,
    base: str,
    seed: int,
    recipe: Recipe,
    sources: Sequence[Source],
    metrics: Mapping[str, Any],
    *,
    goes_on: bool,
) -> str:
    """Return the card's text.

    Parameters
    ----------
    goes_on
        Whether the base was a model with thresholds of its own.
    """
    rows = [f"| {one.title} | {one.records:,} | {one.licence} |" for one in sources]
    results = [line for title, found in metrics.items() for line in _table(title, found)]
    return CARD.format(
        name=name,
        base=base,
        seed=seed,
        epochs=recipe.epochs,
        averaged=_averaged(recipe),
        sources="\n".join(rows),
        thresholds=THRESHOLDS_BEFORE if goes_on else THRESHOLDS,
        results="\n".join(results),
    )


def _averaged(recipe: Recipe) -> str:
    if recipe.with_base:
        fitted = f"{recipe.members} networks' weights and those" if recipe.members > 1 else "its weights and those"
        return f"the mean of {fitted} that it went on from"
    return f"the mean of {recipe.members} networks' weights" if recipe.members > 1 else "one network"


def _table(title: str, tasks: Mapping[str, Any]) -> list[str]:
    lines = [f"{title}:", "", "| task | macro-F1 | labels counted | calibration error | right at 0.8 |"]
    lines.append("|---|---|---|---|---|")
    for task, found in tasks.items():
        numbers = [found[key] for key in ("macro_f1", "labels_counted", "calibration_error", "right_at_0.8")]
        lines.append(f"| {task} | " + " | ".join("-" if number is None else str(number) for number in numbers) + " |")
    return [*lines, ""]
