"""Training from end to end on a small corpus, and the pieces that must be exact."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch

from engine.errors import DataError
from models.artifact import DEFAULT, load_artifact
from models.reader import load_reader
from models.runtime import OUTPUTS
from models.taxonomy import default_taxonomy
from models.windows import BEGINS, HINT, NEVER, OUTSIDE, PERHAPS, batch_of, load_tokenizer, window_of
from training.bases import base_of
from training.calibrate import HeldOut, calibrate, scale_and_shift
from training.evaluate import calibration_error, f1_by_label, scores
from training.finish import Finisher, Member
from training.graph import write_graph
from training.mixture import Mixture, mixture_of
from training.recipe import Recipe, stages
from training.restore import restore
from training.train import train

DATA = Path(__file__).parent / "data"
TAXONOMY = default_taxonomy()


QUICK = Recipe(epochs=2, members=1, corpus_weight=1, held_out=0.2)


def quick(limit: int = 40) -> Mixture:
    return mixture_of([DATA], [], TAXONOMY, limit)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that tests only read."""
    return train(quick(), tmp_path_factory.mktemp("made") / "model", recipe=QUICK).folder


@pytest.fixture(scope="module")
def whole_runs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Recipe], str]:
    """Tell which model a run makes that nobody kills; once a recipe."""

    @cache
    def of(recipe: Recipe) -> str:
        return train(quick(80), tmp_path_factory.mktemp("whole") / "model", recipe=recipe, seed=3).model

    return of


@pytest.mark.xdist_group("torch")
def test_training_is_reproducible_and_writes_a_model_that_reads(tmp_path: Path) -> None:
    said: list[str] = []
    one, two = tmp_path / "one" / "model", tmp_path / "two" / "model"
    recipe = replace(QUICK, members=2)
    first = train(quick(), one, recipe=recipe, seed=7, progress=lambda what, done: said.append(what))
    second = train(quick(), two, recipe=recipe, seed=7)
    assert first.model == second.model
    assert said[-1] == "judging"
    assert {what.split(":")[0] for what in said} >= {"common", "member-1", "member-2", "quantising", "calibrating"}
    metrics = json.loads((one / "metrics.json").read_text())
    assert set(metrics["judged"]) == {"voc dev, records"}
    paths = [source["path"] for source in metrics["trained_on"]]
    assert (paths[0], {path.rsplit("/", 1)[0] for path in paths[1:]}) == ("voc/train.jsonl", {"training/written"})
    assert "voice-of-customer corpus" in (one / "card.md").read_text()
    assert load_artifact(one).config.taxonomy.version == TAXONOMY.version
    assert load_reader(one).model == first.model
    assert [path.name for path in one.parent.iterdir()] == ["model"]


class _KilledError(Exception):
    pass


@pytest.mark.xdist_group("torch")
@pytest.mark.parametrize(
    ("recipe", "steps"),
    [
        pytest.param(QUICK, 1, id="in the first epoch"),
        pytest.param(QUICK, 5, id="in the second"),
        pytest.param(replace(QUICK, epochs=1, members=2), 3, id="in a second member"),
    ],
)
def test_a_run_that_was_killed_goes_on_to_the_same_model(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whole_runs: Callable[[Recipe], str],
    recipe: Recipe,
    steps: int,
) -> None:
    whole = whole_runs(recipe)
    # Every step is kept, so the run stands where it was broken off.
    monkeypatch.setattr("training.fit.CHECKPOINT_S", -1.0)
    left = iter(range(steps))

    def kill(what: str, done: float) -> None:
        if next(left, None) is None:
            raise _KilledError

    out = tmp_path / "killed" / "model"
    with pytest.raises(_KilledError):
        train(quick(80), out, recipe=recipe, seed=3, progress=kill)
    assert not out.exists()
    with pytest.raises(DataError, match="begun with other data or options"):
        train(quick(80), out, recipe=recipe, seed=4)
    assert train(quick(80), out, recipe=recipe, seed=3).model == whole


def test_too_few_records_to_calibrate_on_are_told(tmp_path: Path) -> None:
    few = Mixture(quick().corpus[:2])
    with pytest.raises(DataError, match="too few records"):
        train(few, tmp_path / "model", recipe=replace(QUICK, held_out=0.1))


@pytest.mark.xdist_group("torch")
def test_fitting_ends_early_and_keeps_the_best_weights(tmp_path: Path) -> None:
    said: list[str] = []
    recipe = replace(QUICK, epochs=30, patience=1, trunk_rate=0.0, head_rate=0.0)
    train(quick(), tmp_path / "model", recipe=recipe, progress=lambda what, done: said.append(what))
    assert not [what for what in said if "epoch 3 of 30" in what]


@pytest.mark.xdist_group("torch")
def test_the_weights_gone_on_from_count_as_one_more_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Member] = []

    def finish(_: Finisher, __: str, members: list[Member], *___: object) -> None:
        seen.extend(members)
        raise _KilledError

    monkeypatch.setattr(Finisher, "finish", finish)
    base = base_of("minilm")
    before = {name: value.clone() for name, value in base.model.state_dict().items()}
    with pytest.raises(_KilledError):
        train(quick(), tmp_path / "model", recipe=replace(QUICK, epochs=1, with_base=True), base=base)
    fitted, kept = (member.weights for member in seen)
    assert all(torch.equal(kept[name], value) for name, value in before.items())
    assert not torch.equal(fitted["heads.topic.weight"], kept["heads.topic.weight"])


@pytest.mark.xdist_group("torch")
def test_training_goes_on_from_a_model_on_own_files(tmp_path: Path, made: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("id,text,intent\n" + "".join(f"{n},Parcel {n} never came.,complaint\n" for n in range(30)))
    found = train(mixture_of([own], [own], TAXONOMY), tmp_path / "second", base=str(made), recipe=QUICK)
    assert set(found.metrics["judged"]) == {str(own)}
    assert "your own" in (tmp_path / "second" / "card.md").read_text()


@pytest.mark.xdist_group("torch")
def test_a_network_comes_back_from_its_artifact(tmp_path: Path, made: Path) -> None:
    restored, taxonomy = restore(made)
    again = tmp_path / "again.onnx"
    onnx.save(write_graph(restored), again)
    text = "The app crashed twice"
    tokenizer = load_tokenizer(str(made / "tokenizer.json"))
    window = window_of(0, text, tokenizer.encode(text, add_special_tokens=False))
    batch = batch_of([window], (101, 102, 0))
    logits = [
        ort.InferenceSession(path, providers=["CPUExecutionProvider"]).run(["logits"], batch.feed())[0]
        for path in (again, made / "model.onnx")
    ]
    assert taxonomy == TAXONOMY
    np.testing.assert_allclose(logits[0], logits[1], atol=0.3)


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        pytest.param(["."], r"has no voc.train\.jsonl", id="a folder without data"),
        pytest.param([".", "x.jsonl"], "not both", id="a folder and a file"),
        pytest.param(["benchmark-only/x.jsonl"], "measuring only", id="a benchmark"),
        pytest.param(["missing.jsonl"], "cannot be read", id="no file"),
    ],
)
def test_data_that_cannot_train_is_refused(tmp_path: Path, paths: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        mixture_of([tmp_path / path for path in paths], [], TAXONOMY)


@pytest.mark.xdist_group("torch")
def test_a_run_that_fails_at_the_end_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Path(shutil.copytree(DEFAULT, tmp_path / "out" / "model"))

    def fail(what: str, done: float) -> None:
        if what == "judging":
            raise _KilledError

    with pytest.raises(_KilledError):
        train(quick(), out, recipe=QUICK, progress=fail)
    assert load_artifact(out).version == load_artifact(DEFAULT).version
    assert sorted(path.name for path in out.parent.iterdir()) == [".model-run", "model"]


def test_folds_share_no_record_and_training_sees_none_of_them() -> None:
    sources, recipe = quick(60), Recipe(held_out=0.2)
    folds = [{one.text for one in sources.fold(number, recipe)} for number in range(4)]
    assert all(one.isdisjoint(other) for one, other in combinations(folds, 2))
    trained = {one.text for one in sources.training((0, 2), replace(recipe, corpus_weight=1), TAXONOMY, 0)}
    assert trained.isdisjoint(folds[0] | folds[2])
    assert trained >= folds[1] | folds[3]


@pytest.mark.parametrize(
    ("epochs", "members", "wanted"),
    [
        (2, 3, ["common 0-1", "member-1 1-2", "member-2 1-2", "member-3 1-2"]),
        (1, 2, ["member-1 0-1", "member-2 0-1"]),
        (4, 1, ["member-1 0-4"]),
    ],
    ids=["a common beginning", "too short to part", "one network"],
)
def test_stages(epochs: int, members: int, wanted: list[str]) -> None:
    plan = stages(Recipe(epochs=epochs, members=members), seed=0)
    assert [f"{one.name} {one.first}-{one.last}" for one in plan] == wanted


def test_members_that_go_on_from_a_model_that_saw_their_folds_have_none_of_their_own() -> None:
    assert [one.without for one in stages(Recipe(epochs=1, members=2), seed=0)] == [(0, 1), (0, 2)]
    assert [one.without for one in stages(Recipe(epochs=1, members=2, own_folds=False), seed=0)] == [(0,), (0,)]


def test_what_was_written_for_thin_places_trains_as_the_corpus_does_and_is_never_held_out() -> None:
    sources = quick(40)
    written = replace(sources.corpus[0], text="written for this")
    sources = replace(sources, written=[written])
    recipe = Recipe(held_out=0.2, corpus_weight=3)
    assert all(one.text != written.text for number in range(5) for one in sources.fold(number, recipe))
    assert [one.text for one in sources.training((0, 1), recipe, TAXONOMY, 0)].count(written.text) >= 2


@pytest.mark.xdist_group("torch")
def test_the_graph_is_the_network(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = base_of("minilm").model
    torch.nn.init.normal_(model.attention.weight, std=0.1)
    model.eval()
    path = tmp_path / "exact.onnx"
    onnx.save(write_graph(model), path)
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    ids = torch.randint(1000, 20_000, (3, 17))
    mask = torch.ones(3, 17, dtype=torch.long)
    mask[1, 9:] = 0
    breaks = torch.where(mask == 1, PERHAPS, OUTSIDE)
    breaks[:, 0], breaks[:, 1], breaks[:, 5], breaks[0, 8] = OUTSIDE, BEGINS, NEVER, BEGINS
    with torch.no_grad():
        own = model(ids, mask, torch.zeros(3, 1, 17)).boundary
        cuts = (breaks * HINT + own > 0) & (breaks > OUTSIDE)
        segments = torch.where(breaks > OUTSIDE, cuts.cumsum(1) - 1, -1)
        pool = torch.nn.functional.one_hot(segments + 1)[..., 1:].transpose(1, 2).float()
        pool = pool / pool.sum(-1, keepdim=True).clamp(min=1)
        found = model(ids, mask, pool)
        embedding = model.recall(found.means)
    feed = {"input_ids": ids.numpy(), "attention_mask": mask.int().numpy(), "breaks": breaks.numpy()}
    got = dict(zip(OUTPUTS, session.run(OUTPUTS, feed), strict=True))
    np.testing.assert_array_equal(got["segments"], segments.numpy())
    assert len(set(segments[2].tolist())) > 2
    emotions, gate = found.talk.shape[-1], found.gate.sigmoid()[:, None, None]
    expected = found.logits.clone()
    expected[..., :emotions] += gate * (found.talk - expected[..., :emotions])
    real = pool.sum(-1).numpy() > 0
    np.testing.assert_allclose(got["logits"][real], expected.numpy()[real], atol=1e-4)
    np.testing.assert_allclose(got["embedding"][real], embedding.numpy()[real], atol=1e-4)


def test_calibration_recovers_scale_and_shift() -> None:
    chance = np.random.default_rng(0)
    truth = chance.normal(0, 2, (20_000, 1))
    labels = (chance.random(truth.shape) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    scale, shift = scale_and_shift(((truth - 1) / 0.5).astype(np.float32), labels)
    assert scale == pytest.approx(0.5, abs=0.03)
    assert shift == pytest.approx(1.0, abs=0.06)


def held_out(logits: np.ndarray, labels: np.ndarray) -> HeldOut:
    return HeldOut(logits.astype(np.float32), labels, np.ones_like(labels), np.zeros(len(labels), bool))


def test_a_label_with_few_positives_takes_its_task_s_threshold() -> None:
    chance = np.random.default_rng(1)
    labels = np.zeros((400, 74), np.float32)
    labels[:, 0] = chance.random(400) < 0.4
    labels[:5, 1] = 1
    logits = labels * 4 - 2 + chance.normal(0, 1, labels.shape)
    found = calibrate(held_out(logits, labels), [], TAXONOMY)
    assert found.threshold[1] == found.threshold[2]
    assert (found.unsure_from < found.threshold).all()


def test_others_with_another_scale_add_their_positives_to_the_thresholds() -> None:
    chance = np.random.default_rng(4)
    labels = (chance.random((3_000, 74)) < 0.05).astype(np.float32)
    logits = labels * 3 - 2.5 + chance.normal(0, 1, labels.shape)
    few, many = held_out(logits[:60], labels[:60]), held_out(logits[60:] * 5 + 1, labels[60:])
    alone, together = calibrate(few, [], TAXONOMY), calibrate(few, [many], TAXONOMY)
    np.testing.assert_array_equal(alone.scale, together.scale)
    assert len(set(alone.threshold[TAXONOMY.slices["topic"]].tolist())) == 1
    assert len(set(together.threshold[TAXONOMY.slices["topic"]].tolist())) > 1


def test_what_was_not_judged_calibrates_nothing() -> None:
    chance = np.random.default_rng(5)
    labels = (chance.random((500, 74)) < 0.2).astype(np.float32)
    given = held_out(labels * 3 - 2 + chance.normal(0, 1, labels.shape), labels)
    wrong = held_out(-given.logits, labels)
    known = np.concatenate([given.known, wrong.known * 0])
    both = HeldOut(
        *(np.concatenate([getattr(given, n), getattr(wrong, n)]) for n in ("logits", "labels")),
        known,
        np.zeros(1000, bool),
    )
    np.testing.assert_array_equal(calibrate(both, [], TAXONOMY).threshold, calibrate(given, [], TAXONOMY).threshold)


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
