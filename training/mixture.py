"""The mixture of sets that a run is fitted, calibrated and judged on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.errors import DataError
from engine.taxonomy import Taxonomy
from models.artifact import sha256
from training.augment import varied
from training.data import CORPUS, EMOTIONS, Labelled, read_labelled, read_to_measure
from training.recipe import Recipe
from training.sets import mapped_sets

DEV = Path("voc") / "dev.jsonl"
TALK_DEV = Path("clean") / "goemotions" / "dev.jsonl"
ALL_TASKS = ("emotion", "intent", "topic")
# A text that was labelled whole trains as one sentence as often as by its sentences: at reading, both come.
WHOLE_SHARE = 0.5
# What ships with this package, by what it is about.
WRITTEN = Path(__file__).parent / "written"
FOLD_SEED = 0


@dataclass(frozen=True)
class Judged:
    """A set that the finished model is judged on, and the tasks that it labels."""

    title: str
    items: Sequence[Labelled]
    tasks: tuple[str, ...] = ALL_TASKS


@dataclass(frozen=True)
class Source:
    """A set that trains, as the model's manifest of data names it.

    Parameters
    ----------
    path
        Under the folder of data sets; the file's name for a data scientist's own.
    sha256
        Of the whole file.
    """

    title: str
    path: str
    licence: str
    records: int
    sha256: str


@dataclass(frozen=True)
class Mixture:
    """Labelled feedback by its part in a run.

    Parameters
    ----------
    corpus
        Feedback with labelled sentences, or a data scientist's own.
    talk
        Talk among people (GoEmotions); has no part in intents and topics.
    mapped
        Public sets with some labels mapped.
    written
        Feedback written where the corpus is thin: it trains as the corpus does, and is never held out, as it comes
        far more often here than among customers.
    judged
        What the finished model is judged on.
    sources
        The sets that train: the manifest of data, in the card and in ``metrics.json``.
    """

    corpus: Sequence[Labelled]
    talk: Sequence[Labelled] = ()
    mapped: Sequence[Labelled] = ()
    written: Sequence[Labelled] = ()
    judged: Sequence[Judged] = ()
    sources: Sequence[Source] = ()

    def fold(self, number: int, recipe: Recipe) -> list[Labelled]:
        """Return a fold: some of the corpus and some of the talk, without any of another fold's."""
        return [
            *_fold(self.corpus, recipe.held_out, number),
            *_fold(self.talk, recipe.talk_held_out, number),
        ]

    def training(self, without: Sequence[int], recipe: Recipe, taxonomy: Taxonomy, seed: int) -> list[Labelled]:
        """Return what a stage is fitted on: everything but some folds, weighed and varied."""
        chance = random.Random(seed)  # noqa: S311 - which variants train is no secret
        talk = _rest(self.talk, recipe.talk_held_out, without)
        corpus = [*_rest(self.corpus, recipe.held_out, without), *self.written]
        whole = [replace(one, split=True) if chance.random() < WHOLE_SHARE else one for one in (*talk, *self.mapped)]
        bounded = [one for one in corpus if one.bounded]
        variants = varied(bounded, taxonomy, chance) if recipe.corpus_weight > 1 else ()
        plain = corpus * max(1, recipe.corpus_weight - 1)
        return [*whole, *plain, *variants]

    def fingerprint(self) -> str:
        """Return a hash of every text and label that trains."""
        found = hashlib.sha256()
        for one in (*self.corpus, *self.talk, *self.mapped, *self.written):
            found.update(one.text.encode("utf-8", "replace"))
            found.update(one.labels.tobytes() + one.known.tobytes())
        return found.hexdigest()


def _order(size: int) -> list[int]:
    found: list[int] = np.random.default_rng(FOLD_SEED).permutation(size).tolist()
    return found


def _fold(items: Sequence[Labelled], share: float, number: int) -> list[Labelled]:
    size = round(len(items) * share)
    return [items[place] for place in sorted(_order(len(items))[size * number : size * (number + 1)])]


def _rest(items: Sequence[Labelled], share: float, without: Sequence[int]) -> list[Labelled]:
    size, order = round(len(items) * share), _order(len(items))
    held = {place for number in without for place in order[size * number : size * (number + 1)]}
    return [item for place, item in enumerate(items) if place not in held]


def mixture_of(paths: Sequence[Path], dev: Sequence[Path], taxonomy: Taxonomy, limit: int | None = None) -> Mixture:
    """Return the sources of a run: the folder of data sets, as the shipped model is made of, or files of feedback.

    Parameters
    ----------
    dev
        Files to judge the finished model on.
    limit
        At most this many records of each set.

    Raises
    ------
    DataError
        If there is no data, it does not fit, or it may not train a model.
    """
    folders = [path for path in paths if path.is_dir()]
    judged = [Judged(str(path), read_to_measure(path, taxonomy)[:limit]) for path in dev]
    if folders and len(paths) > 1:
        raise DataError(f"give either the folder of data sets ({folders[0]}) or files of labelled feedback, not both")
    if folders:
        return _of_folder(folders[0], judged, taxonomy, limit)
    corpus = [item for path in paths for item in read_labelled(path, taxonomy)[:limit]]
    return Mixture(corpus, judged=judged, sources=[_own(path, taxonomy, limit) for path in paths])


def _own(path: Path, taxonomy: Taxonomy, limit: int | None) -> Source:
    return Source(path.name, path.name, "your own", len(read_labelled(path, taxonomy)[:limit]), sha256(path))


def _of_folder(folder: Path, judged: list[Judged], taxonomy: Taxonomy, limit: int | None) -> Mixture:
    if not (folder / CORPUS).exists():
        raise DataError(f"{folder} has no {CORPUS}; name the folder of data sets with --data or HEEDFUL_DATA")
    corpus = read_labelled(folder / CORPUS, taxonomy)[:limit]
    talk = read_labelled(folder / EMOTIONS, taxonomy)[:limit] if (folder / EMOTIONS).exists() else []
    sets = {one: items[:limit] for one, items in mapped_sets(folder, taxonomy).items()}
    found = [("voice-of-customer corpus, train", CORPUS, "Apache-2.0", corpus)]
    found += [("GoEmotions, official train", EMOTIONS, "CC BY 4.0", talk)] if talk else []
    found += [(f"{one.title}, train", one.path, one.licence, items) for one, items in sets.items()]
    sources = [
        Source(title, path.as_posix(), licence, len(items), sha256(folder / path))
        for title, path, licence, items in found
    ]
    # In a quick look, too, they are a small part beside the corpus.
    few = None if limit is None else limit // 10
    written = {path: read_labelled(path, taxonomy)[:few] for path in sorted(WRITTEN.glob("*.jsonl"))}
    sources += [
        Source(
            f"written for thin places: {path.stem}",
            f"training/written/{path.name}",
            "Apache-2.0",
            len(items),
            sha256(path),
        )
        for path, items in written.items()
    ]
    own = [("voc dev, records", DEV, ALL_TASKS), ("GoEmotions dev", TALK_DEV, ("emotion",))]
    for title, path, tasks in own:
        if (folder / path).exists():
            judged.append(Judged(title, read_to_measure(folder / path, taxonomy)[:limit], tasks))
    return Mixture(
        corpus,
        [replace(item, talk=True) for item in talk],
        [item for items in sets.values() for item in items],
        [item for items in written.values() for item in items],
        judged,
        sources,
    )
