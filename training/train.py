"""From labelled feedback to a model: fit, average, calibrate, quantise, judge, write."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import DataError
from models.artifact import load_artifact, save_artifact
from models.encoder import SentenceClassifier
from training.bases import MINILM, Base, base_of, minilm_folder, trunk_of
from training.batches import examples_of
from training.card import card
from training.checkpoint import Checkpoints
from training.data import Labelled
from training.finish import Finisher, Member, as_json
from training.fit import Fitter, Progress, device_of, predict, seed_everything
from training.interim import interim_score
from training.mixture import Mixture
from training.recipe import CALIBRATION_FOLD, Recipe, Stage, stages


def silently(said: str, done: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class TrainReport:
    """What a training run made."""

    folder: Path
    model: str
    metrics: Mapping[str, Any]


def train(
    sources: Mixture,
    out: Path,
    *,
    recipe: Recipe | None = None,
    base: str | Base = MINILM,
    seed: int = 0,
    device: str = "auto",
    fresh: bool = False,
    behaviour: Path | None = None,
    progress: Progress = silently,
) -> TrainReport:
    """Fit, calibrate, quantise and judge a model, and write its artifact folder.

    A run keeps what it has in a folder beside `out`: called again with the same arguments after a kill, it goes on.

    Parameters
    ----------
    out
        The artifact folder; it is replaced whole at the end.
    base
        What to start from: ``minilm``, ``default``, a model's folder or a Hugging Face id.
    seed
        The same seed, data and machine give the same model.
    device
        ``auto``, ``cpu`` or ``cuda``.
    fresh
        Whether to begin again where a run that was killed stands.
    behaviour
        A folder of behavioural cases; the rates of those that pass go into ``metrics.json``.
    progress
        Called with what goes on and how much of it is done, 0 to 1.

    Raises
    ------
    DataError
        If the data does not fit, or what stands beside `out` is another run.
    """
    recipe = recipe or Recipe()
    seed_everything(seed)
    given = base_of(base) if isinstance(base, str) else base
    work = out.with_name(f".{out.name}-run")
    if fresh and work.exists():
        shutil.rmtree(work)
    what = {"recipe": recipe.as_dict(), "base": given.name, "seed": seed, "data": sources.fingerprint()}
    checkpoints = Checkpoints(work, what)
    model = given.model.to(device_of(device))
    if not sources.fold(CALIBRATION_FOLD, recipe):
        raise DataError("there are too few records to hold some out and calibrate on them; give at least ten")
    plan = stages(recipe, seed)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    for place, stage in enumerate(plan):
        # Members that share no beginning all start from the base, and not where the one before them ended.
        model.load_state_dict(start)
        _fit(stage, model, given, sources, recipe, checkpoints, _part(progress, place, len(plan) + 1))
    members = [
        Member(checkpoints.load_best(one.name), _own_fold(one, sources, recipe))
        for one in plan
        if one.last == recipe.epochs
    ]
    if recipe.with_base:
        members.append(Member(start, []))
    finisher = _finisher(model, given, sources, recipe, behaviour, _part(progress, len(plan), len(plan) + 1))
    finished = finisher.finish(out.name, members, seed, out.parent)
    metrics = finished.metrics | {"trained_on": [asdict(one) for one in sources.sources]}
    goes_on = given.thresholds is not None
    told = card(out.name, given.name, seed, recipe, sources.sources, finished.metrics["judged"], goes_on=goes_on)
    save_artifact(out, finished.contents | {"metrics.json": as_json(metrics), "card.md": told.encode()})
    shutil.rmtree(work)
    return TrainReport(out, load_artifact(out).model, metrics)


def _fit(
    stage: Stage,
    model: SentenceClassifier,
    base: Base,
    sources: Mixture,
    recipe: Recipe,
    checkpoints: Checkpoints,
    progress: Progress,
) -> None:
    done = checkpoints.progress(stage.name)
    if done is not None and done.done:
        return
    items = sources.training(stage.without, recipe, base.taxonomy, stage.seed)
    examples = examples_of(items, base.tokenizer, recipe.max_tokens)
    held_out = examples_of(sources.fold(CALIBRATION_FOLD, recipe), base.tokenizer, recipe.max_tokens)

    def score(fitted: SentenceClassifier) -> float:
        return interim_score(predict(fitted, base.tokenizer, held_out), held_out, base.taxonomy)

    Fitter(model, base.tokenizer, recipe, checkpoints, score, progress).run(stage, examples)


def _own_fold(stage: Stage, sources: Mixture, recipe: Recipe) -> list[Labelled]:
    """Return what a member alone did not see; nothing where members have no folds of their own."""
    return sources.fold(stage.without[-1], recipe) if len(stage.without) > 1 else []


def _finisher(
    model: SentenceClassifier,
    base: Base,
    sources: Mixture,
    recipe: Recipe,
    behaviour: Path | None,
    progress: Progress,
) -> Finisher:
    where = str(minilm_folder()) if base.name == MINILM else base.name
    return Finisher(
        model,
        base.tokenizer,
        base.tokenizer_file,
        base.taxonomy,
        recipe.max_tokens,
        sources.fold(CALIBRATION_FOLD, recipe),
        [*sources.corpus, *sources.talk, *sources.mapped, *sources.written],
        sources.judged,
        behaviour,
        base.thresholds,
        trunk_of(where).to(next(model.parameters()).device) if base.fresh else None,
        progress,
    )


def _part(progress: Progress, place: int, parts: int) -> Progress:
    """Return the progress of one part of several."""
    return lambda said, done: progress(said, (place + min(done, 1.0)) / parts)
