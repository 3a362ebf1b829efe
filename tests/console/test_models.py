"""The models page in a real browser: promote and go back, compare, drift, and what a role may not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models.artifact import DEFAULT, FILES, load_artifact, save_artifact
from models.store import ModelStore
from tests.console.browsing import PHONE, Console, grave, served
from tests.support.service import RULES


@pytest.fixture(scope="module")
def models(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with a model store, and two models that were trained beside it: one strict, one that lacks labels."""
    place = tmp_path_factory.mktemp("models")
    _trained(place, "strict")
    _trained(place, "small")
    settings = {"models": place / "model-store", "labelled": place / "labelled"}
    rules = RULES.replace("rule: leaving", "rule: leaving\nmust_not_lose: true")
    with served(tmp_path_factory.mktemp("console"), browser, rules=rules, settings=settings) as found:
        found.reader.model = load_artifact(DEFAULT).model
        said = {"text": "The menu is bad. I am furious.", "unit": "emea/uk"}
        found.post(*({"id": f"w{number}"} | said for number in range(120)))
        yield found


def _trained(place: Path, name: str) -> None:
    contents = {one: (DEFAULT / one).read_bytes() for one in FILES}
    config = json.loads(contents["config.json"])
    config["name"] = name
    if name == "strict":
        for level in ("sentence", "record"):
            config[level]["threshold"] = [0.9999 for _ in config[level]["threshold"]]
    if name == "small":
        # Without its last topic.
        config["taxonomy"]["leaves"]["topic"].pop()
        for level in ("sentence", "record"):
            config[level] = {of: values[:-1] for of, values in config[level].items()}
    save_artifact(place / "models" / name, contents | {"config.json": json.dumps(config).encode()})


def _choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()
    # The list is on its way out for a moment.
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_model_is_promoted_with_a_reason_and_rolled_back(models: Console) -> None:
    page = models.sign_in("admin", path="/models")
    expect(page.get_by_role("heading", name="voc dev, records")).to_be_visible()
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("Say why, in one line")).to_be_visible()
    page.get_by_label("Why").fill("two more months <b>of</b> surveys")
    _choose(page, "Model", "strict@")
    page.get_by_role("button", name="Promote").click()
    history = page.get_by_role("list", name="Changes of the model")
    expect(history.get_by_role("listitem")).to_have_count(1)
    expect(history).to_contain_text("promoted by ann")
    expect(history).to_contain_text("two more months <b>of</b> surveys")
    page.get_by_label("Why").fill("misses refunds")
    page.get_by_role("button", name="Go back").click()
    expect(history.get_by_role("listitem")).to_have_count(2)
    expect(history.get_by_role("listitem").first).to_contain_text("rolled back")
    audited = [(one.entry.what, one.entry.kind) for one in models.service.store.audit.page(limit=5)]
    assert audited[:2] == [("roll back", "model"), ("promote", "model")]


def test_a_model_that_lacks_labels_is_refused_until_that_is_accepted(models: Console) -> None:
    page = models.sign_in("admin", path="/models")
    page.get_by_label("Why").fill("smaller")
    _choose(page, "Model", "small@")
    expect(page.get_by_text("lacks labels that rules may name: topic:")).to_be_visible()
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("rules that name them would break")).to_be_visible()


def test_two_who_change_the_model_at_once_do_not_overwrite_each_other(models: Console) -> None:
    page = models.sign_in("admin", path="/models")
    store = ModelStore(models.service.settings.models)
    store.promote(DEFAULT.parent / "default", datetime(2026, 1, 1, tzinfo=UTC), by="kim", why="first")
    page.get_by_label("Why").fill("me too")
    _choose(page, "Model", "strict@")
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("Kim promoted default@")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "unit", "path", "sees"),
    [
        pytest.param("viewer", None, "/models", "Your role does not show this page", id="a viewer sees no models"),
        pytest.param("author", None, "/models/labelling", "Your role does not show", id="an author does not label"),
        pytest.param("analyst", "emea", "/models/compare", "Your role does not show", id="a unit compares nothing"),
        pytest.param("analyst", "amer", "/models/drift", "Nothing was read", id="another unit's drift is not shown"),
    ],
)
def test_what_a_role_or_a_unit_may_not(models: Console, role: str, unit: str | None, path: str, sees: str) -> None:
    page = models.sign_in(role, unit, path=path)
    expect(page.get_by_text(sees)).to_be_visible()


@pytest.mark.parametrize(("role", "unit"), [("analyst", None), ("admin", "emea")])
def test_who_looks_and_does_not_promote(models: Console, role: str, unit: str | None) -> None:
    page = models.sign_in(role, unit, path="/models")
    if unit is not None:
        expect(page.get_by_role("heading", name="How good it is")).to_be_visible()
        expect(page.get_by_role("button", name="Promote")).to_have_count(0)
        return
    expect(page.get_by_role("heading", name="Measured here")).to_be_visible()
    expect(page.get_by_role("button", name="Promote")).to_have_count(0)


def test_a_comparison_without_data_says_what_is_missing(models: Console) -> None:
    page = models.sign_in("analyst", path="/models/compare")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Choose labelled feedback")).to_be_visible()


def test_a_model_that_loses_what_must_not_be_lost_is_not_promoted(models: Console, tmp_path: Path) -> None:
    text = "I am cancelling my account today and leaving for your competitor <b>now</b>."
    data = tmp_path / "mine.jsonl"
    data.write_text(json.dumps({"id": "1", "text": text, "labels": {"intent": ["churn"]}}) + "\n")
    page = models.sign_in("admin", path="/models/compare")
    _choose(page, "The one that would follow", "strict@")
    page.locator("input[type=file]").set_input_files(data)
    expect(page.get_by_text("mine.jsonl is used")).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Comparing: this takes")).to_be_visible()
    expect(page.get_by_text("must not lose alerts, and loses 1 of 1")).to_be_visible(timeout=60_000)
    page.get_by_text("leaving would lose 1").click()
    expect(page.get_by_text(text)).to_be_visible()
    models.open(page, "/models")
    page.get_by_label("Why").fill("faster")
    _choose(page, "Model", "strict@")
    expect(page.get_by_text("The last comparison says: leaving must not lose alerts")).to_be_visible()
    page.get_by_role("button", name="Promote").click()
    expect(page.get_by_text("It was not promoted.")).to_be_visible()


@pytest.mark.parametrize(
    ("mode", "viewport"),
    [pytest.param("light", None, id="wide and light"), pytest.param("dark", PHONE, id="phone and dark")],
)
def test_everybody_can_use_them(models: Console, mode: str, viewport: dict[str, int] | None) -> None:
    page = models.sign_in("admin", path="/models", viewport=viewport, color_scheme=mode)
    for path in ("/models", "/models/compare", "/models/drift", "/models/labelling"):
        models.open(page, path)
        expect(page.get_by_text("Picking what is worth")).to_be_hidden()
        assert grave(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
