"""The classifiers as an estimator with scikit-learn's verbs: fit, predict, predict_proba, score.

References
----------
L. Buitinck et al., API design for machine learning software: experiences from the scikit-learn project (2013),
https://arxiv.org/abs/1309.0238.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.errors import ArtifactError, DataError
from engine.feedback import Part
from engine.reading import Reading, Standing
from engine.taxonomy import TASKS, Taxonomy
from models.artifact import DEFAULT, load_artifact
from models.reader import OnnxReader, load_reader
from training.data import Labelled, read_to_measure
from training.evaluation import Evaluation, evaluate_model

if TYPE_CHECKING:
    from training.fit import Progress

Array = npt.NDArray[np.float32]


class FeedbackClassifier:
    """Emotion, intent and topic of feedback.

    Parameters
    ----------
    base
        What `fit` starts from: ``default`` (the model that ships), ``minilm``, a model's folder or a Hugging Face id.
    epochs, members, patience
        See `training.recipe.Recipe`.
    seed
        The same seed, data and machine give the same model.
    device
        ``auto``, ``cpu`` or ``cuda``.
    folder
        Where `fit` writes the model; None takes a temporary folder that ends with the classifier. A run into a named
        folder goes on where it was killed.

    Examples
    --------
    >>> classifier = FeedbackClassifier.load()
    >>> classifier.predict(["The app crashed twice."])[0]["intent"]
    ['complaint', 'defect']
    """

    def __init__(
        self,
        base: str = "default",
        *,
        epochs: int = 2,
        members: int = 1,
        patience: int | None = None,
        seed: int = 0,
        device: str = "auto",
        folder: Path | None = None,
    ) -> None:
        self.base = base
        self.epochs = epochs
        self.members = members
        self.patience = patience
        self.seed = seed
        self.device = device
        self.folder = folder
        self._reader: OnnxReader | None = None
        self._model: Path | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def load(cls, folder: Path | None = None) -> FeedbackClassifier:
        """Return a classifier with a model that exists; by default the one that ships.

        Raises
        ------
        ArtifactError
            If the model does not verify.
        """
        found = cls(base=str(folder or "default"))
        found._use(folder or DEFAULT)
        return found

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's signature
        """Return what the classifier was made with."""
        names = ("base", "epochs", "members", "patience", "seed", "device", "folder")
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> FeedbackClassifier:
        """Change what the classifier was made with.

        Raises
        ------
        DataError
            If there is no such parameter.
        """
        for name, value in params.items():
            if name not in self.get_params():
                raise DataError(f"the classifier has no parameter {name}; it has {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self

    def fit(self, feedback: Path | Sequence[Labelled], *, progress: Progress | None = None) -> FeedbackClassifier:
        """Fine-tune on labelled feedback, calibrate on a tenth of it, quantise.

        Parameters
        ----------
        feedback
            A file of labelled feedback, or what `training.data.read_labelled` made of one.
        progress
            Called with what goes on and how much of it is done, 0 to 1.

        Raises
        ------
        DataError
            If the data does not fit, or may not train a model.
        """
        from training.bases import base_of
        from training.mixture import Mixture, mixture_of
        from training.recipe import Recipe
        from training.train import silently, train

        base = base_of(self.base)
        mixture = mixture_of([feedback], [], base.taxonomy) if isinstance(feedback, Path) else Mixture(feedback)
        recipe = Recipe(epochs=self.epochs, members=self.members, patience=self.patience)
        report = train(
            mixture,
            self._target(),
            recipe=recipe,
            base=base,
            seed=self.seed,
            device=self.device,
            progress=progress or silently,
        )
        self._use(report.folder)
        return self

    def _target(self) -> Path:
        if self.folder is not None:
            return self.folder
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="heedful-model-")
        return Path(self._temporary.name) / "model"

    def _use(self, folder: Path) -> None:
        self._reader = load_reader(folder)
        self._model = folder

    @property
    def reader(self) -> OnnxReader:
        """The model, as the product reads with it.

        Raises
        ------
        ArtifactError
            If nothing was fitted or loaded yet.
        """
        if self._reader is None:
            raise ArtifactError("there is no model yet: call fit, or FeedbackClassifier.load()")
        return self._reader

    @property
    def model_folder(self) -> Path:
        """Where the model stands.

        Raises
        ------
        ArtifactError
            If nothing was fitted or loaded yet.
        """
        if self._model is None:
            raise ArtifactError("there is no model yet: call fit, or FeedbackClassifier.load()")
        return self._model

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees; ``taxonomy.columns`` names the columns of `predict_proba`."""
        return self.reader.taxonomy

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return all that is understood of texts: sentences, offsets, confidences, embeddings."""
        return self.reader.read([[Part(text)] for text in texts])

    def predict(self, texts: Sequence[str]) -> list[dict[str, list[str]]]:
        """Return the labels that hold for each text, by task."""
        columns = self.taxonomy.columns
        found = []
        for reading in self.read(texts):
            held = [columns[column] for column in np.flatnonzero(reading.standing[-1] == Standing.HOLDS)]
            found.append({task: [leaf for of, leaf in held if of == task] for task in TASKS})
        return found

    def predict_proba(self, texts: Sequence[str]) -> Array:
        """Return calibrated confidences, (n_texts, n_labels), in the order of ``taxonomy.columns``."""
        confidences = [reading.confidence[-1] for reading in self.read(texts)]
        return np.stack(confidences) if confidences else np.zeros((0, len(self.taxonomy.columns)), np.float32)

    def evaluate(self, feedback: Path | Sequence[Labelled], *, by: Sequence[str] = ()) -> Evaluation:
        """Judge the model on labelled feedback that it was not fitted on; see `training.evaluation`."""
        items = read_to_measure(feedback, self.taxonomy) if isinstance(feedback, Path) else feedback
        return evaluate_model(self.model_folder, items, by=by)

    def score(self, feedback: Path | Sequence[Labelled]) -> float:
        """Return the mean of the tasks' macro-F1 at record level, over labels with ten positives or more."""
        found = [task.macro_f1.value for task in self.evaluate(feedback).record.tasks.values()]
        judged = [value for value in found if value is not None]
        if not judged:
            raise DataError("no label has ten positives there; give more labelled feedback to score on")
        return float(np.mean(judged))

    def save(self, folder: Path) -> Path:
        """Write the model's artifact to a folder that does not exist yet, and return it.

        Raises
        ------
        DataError
            If there is something already.
        """
        if folder.exists():
            raise DataError(f"{folder} exists already; name a new folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.model_folder, folder)
        load_artifact(folder)
        return folder
