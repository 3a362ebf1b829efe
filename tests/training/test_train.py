"""Training from end to end on a small corpus, and the pieces that must be exact."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from engine.errors import DataError
from models.artifact import DEFAULT, load_artifact
from models.reader import load_reader
from models.taxonomy import default_taxonomy
from training.calibrate import calibrate, scale_and_shift
from training.evaluate import calibration_error, f1_by_label, scores
from training.fit import base_model
from training.graph import write_graph
from training.train import train

DATA = Path(__file__).parent / "data"
TAXONOMY = default_taxonomy()


@pytest.mark.xdist_group("torch")
def test_training_is_reproducible_and_writes_a_model_that_reads(tmp_path: Path) -> None:
    said: list[str] = []
    one, two = tmp_path / "one" / "model", tmp_path / "two" / "model"
    first = train(DATA, one, seed=7, epochs=1, limit=60, progress=lambda what, done: said.append(what))
    second = train(DATA, two, seed=7, epochs=1, limit=60)
    assert first.model == second.model
    assert said[-1] == "judging"
    assert set(json.loads((one / "metrics.json").read_text())) == {"voc dev, records"}
    assert "voice-of-customer corpus" in (one / "card.md").read_text()
    assert load_artifact(one).config.taxonomy.version == TAXONOMY.version
    assert load_reader(one).model == first.model


def test_training_without_data_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no voc.train\.jsonl"):
        train(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.xdist_group("torch")
def test_a_run_that_fails_at_the_end_leaves_the_old_model(tmp_path: Path) -> None:
    data, out = (
        Path(shutil.copytree(DATA, tmp_path / "data")),
        Path(shutil.copytree(DEFAULT, tmp_path / "out" / "model")),
    )
    (data / "voc" / "dev.jsonl").write_text('{"text": "x", "labels": {"intent": ["prase"]}}\n')
    with pytest.raises(DataError, match="did you mean 'praise'"):
        train(data, out, epochs=1, limit=20)
    assert load_artifact(out).version == load_artifact(DEFAULT).version
    assert [path.name for path in out.parent.iterdir()] == ["model"]


@pytest.mark.xdist_group("torch")
def test_the_graph_is_the_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, _, _ = base_model(TAXONOMY)
    torch.nn.init.normal_(model.attention.weight, std=0.1)
    model.eval()
    path = tmp_path / "exact.onnx"
    onnx.save(write_graph(model), path)
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    ids = torch.randint(1000, 20_000, (3, 17))
    mask = torch.ones(3, 17, dtype=torch.long)
    mask[1, 9:] = 0
    pool = torch.rand(3, 2, 17) * mask[:, None]
    feed = {"input_ids": ids.numpy(), "attention_mask": mask.int().numpy(), "pool": pool.numpy()}
    logits, embedding = session.run(["logits", "embedding"], feed)
    with torch.no_grad():
        found = model(ids, mask, pool)
    emotions, gate = found.talk.shape[-1], found.gate.sigmoid()[:, None, None]
    expected = found.logits.clone()
    expected[..., :emotions] += gate * (found.talk - expected[..., :emotions])
    np.testing.assert_allclose(logits, expected.numpy(), atol=1e-4)
    np.testing.assert_allclose(embedding, found.means.numpy(), atol=1e-4)


def test_calibration_recovers_scale_and_shift() -> None:
    chance = np.random.default_rng(0)
    truth = chance.normal(0, 2, (20_000, 1))
    labels = (chance.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    scale, shift = scale_and_shift(((truth - 1) / 0.5).astype(np.float32), labels)
    assert scale == pytest.approx(0.5, abs=0.03)
    assert shift == pytest.approx(1.0, abs=0.06)


def test_a_label_with_few_positives_takes_its_task_s_threshold() -> None:
    chance = np.random.default_rng(1)
    labels = np.zeros((400, 74), np.float32)
    labels[:, 0] = chance.random(400) < 0.4
    labels[:5, 1] = 1
    logits = (labels * 4 - 2 + chance.normal(0, 1, labels.shape)).astype(np.float32)
    found = calibrate(logits, labels, TAXONOMY)
    assert found.threshold[1] == found.threshold[2]
    assert (found.unsure_from < found.threshold).all()


@pytest.mark.parametrize(("shift", "error"), [(0.0, 0.0), (0.2, 0.2)], ids=["right", "too sure"])
def test_calibration_error(shift: float, error: float) -> None:
    chance = np.random.default_rng(2)
    confidence = chance.uniform(0.1, 0.7, (50_000, 1)).astype(np.float32)
    labels = (chance.random(confidence.shape) < confidence).astype(np.float32)
    assert calibration_error(confidence + shift, labels) == pytest.approx(error, abs=0.02)


def test_f1() -> None:
    held = np.array([[True, False], [True, False], [False, False]])
    labels = np.array([[1, 0], [0, 0], [1, 0]], np.float32)
    np.testing.assert_allclose(f1_by_label(held, labels), [0.5, 0.0])


def test_scores_count_labels_with_ten_positives() -> None:
    labels = np.zeros((20, 74), np.float32)
    labels[:10, 0] = 1
    standing = (labels * 2).astype(np.uint8)
    found = scores(labels * 0.9, standing, labels, TAXONOMY)
    assert (found["emotion"]["macro_f1"], found["emotion"]["labels_counted"]) == (1.0, 1)
    assert (found["topic"]["macro_f1"], found["topic"]["labels_counted"]) == (None, 0)
