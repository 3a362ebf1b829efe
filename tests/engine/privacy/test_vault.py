"""What was taken out, sealed: who opens it, keys that change, and erasure that goes first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from engine.errors import NotFoundError, QuestionError, VaultError
from engine.feedback import Feedback
from engine.pipeline import Engine
from engine.privacy.policy import Action, Kind, Policy
from engine.privacy.rotating import Rotated, rotate
from engine.privacy.seeing import Look, see
from engine.privacy.vault import Vault, new_key
from engine.scope import Scope
from engine.store import schema
from engine.store.sealed import Seal
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.databases import store, url
from tests.support.engines import engine_on, feedback
from tests.support.recognisers import redactor_of

__all__ = ["store", "url"]
OLD, NEW = new_key(), new_key()
KEEPS = Policy(keep_originals=True)
PHONE = "07911 123456"
LOOK = Look("ann", "the customer called back", NOON)


def keeping(store: Store, *keys: str, policy: Policy = KEEPS) -> Engine:
    engine = engine_on(store)
    engine.redactor = redactor_of(policy, vault=Vault(keys or (OLD,)))
    return engine


def said(number: int, text: str = f"I am furious, call {PHONE}.") -> Feedback:
    return feedback(number, text, customer="ann@x.example", attributes={"phone": 447911123456, "tier": "gold"})


def test_a_seal_opens_beside_its_own_record_only() -> None:
    vault = Vault([OLD])
    sealed = vault.seal("default", "f1", "a" * 64, ["x", 1.5, True])
    assert b"f1" not in sealed
    assert vault.open(sealed, "default", "f1", "a" * 64) == ["x", 1.5, True]
    for key in (("other", "f1", "a" * 64), ("default", "f2", "a" * 64), ("default", "f1", "b" * 64)):
        with pytest.raises(VaultError, match="belongs to another record"):
            vault.open(sealed, *key)
    with pytest.raises(VaultError, match="not among HEEDFUL_PRIVACY_KEYS"):
        Vault([NEW]).open(sealed, "default", "f1", "a" * 64)
    with pytest.raises(VaultError):
        vault.open(sealed[:-5] + b"AAAA=", "default", "f1", "a" * 64)


@pytest.mark.parametrize("keys", [[], [""], ["secret"], [OLD, "secret"]])
def test_a_key_that_is_none_is_not_repeated(keys: list[str]) -> None:
    with pytest.raises(VaultError, match="heedful privacy key") as caught:
        Vault(keys)
    assert "secret" not in repr(caught.value)


def test_what_was_taken_out_is_shown_with_its_own_offsets_and_the_look_is_kept(store: Store) -> None:
    decision = keeping(store).process([said(1)])[0]
    assert decision.alerts
    shown = see(store, Vault([OLD]), "default", "f1", LOOK).as_dict()
    text = f"I am furious, call {PHONE}."
    assert shown["feedback"] == said(1).as_dict()
    sentences = shown["decision"]["reading"]["sentences"]
    assert [text[one["start"] : one["end"]] for one in sentences] == [text[:-1]]
    assert {text[one["start"] : one["end"]] for one in shown["evidence"]} == {text[:-1]}
    assert [one["value"] for one in shown["taken_out"]] == [PHONE, "ann@x.example", 447911123456.0]
    (view,) = store.private_views.page()
    assert (view.at, view.who, view.source, view.feedback_id, view.why) == (
        *(NOON, "ann", "default", "f1"),
        "the customer called back",
    )


def test_nothing_is_shown_that_is_not_kept_or_out_of_scope_and_nobody_is_said_to_have_seen_it(store: Store) -> None:
    keeping(store).process([said(1)])
    engine_on(store).process([feedback(2, "hello")])
    redacting = engine_on(store)
    redacting.redactor = redactor_of()
    redacting.process([said(3)])
    for vault, number, scope, problem in (
        (None, 1, Scope(), VaultError),
        (Vault([NEW]), 1, Scope(), VaultError),
        (Vault([OLD]), 1, Scope("emea"), NotFoundError),
        (Vault([OLD]), 3, Scope(), NotFoundError),
        (Vault([OLD]), 9, Scope(), NotFoundError),
    ):
        with pytest.raises(problem):
            see(store, vault, "default", f"f{number}", LOOK, scope)
    assert store.private_views.page() == []
    # Of what nothing was taken out, nothing is to be opened.
    assert see(store, None, "default", "f2", LOOK).as_dict()["taken_out"] == []


@pytest.mark.parametrize("why", ["", " ", "x" * 501, "a\x00b"])
def test_a_look_says_why(why: str) -> None:
    with pytest.raises(QuestionError, match="say why"):
        Look("ann", why, NOON)


def test_a_seal_that_was_moved_to_another_record_is_noticed(store: Store) -> None:
    keeping(store).process([said(1), said(2, f"Other words, {PHONE}")])
    table = schema.feedback
    seal = store.seals.of("default", "f1", 1)
    assert seal is not None
    with store.database.write() as connection:
        connection.execute(update(table).where(table.c.id == "f2").values(sealed=seal.sealed))
    with pytest.raises(VaultError, match="tampered"):
        see(store, Vault([OLD]), "default", "f2", LOOK)


def test_a_rotation_that_was_cut_off_is_done_by_running_it_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.sealed.CHUNK", 2)
    keeping(store).process([said(number, f"call {PHONE} {number}") for number in range(5)])
    both = Vault([NEW, OLD])
    done = 0

    def killed(count: int) -> None:
        nonlocal done
        done += count
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(store.seals, both, killed)
    assert rotate(store.seals, both) == Rotated(sealed=1, already=4)
    assert rotate(store.seals, Vault([NEW])) == Rotated(already=5)
    assert rotate(store.seals, Vault([OLD])) == Rotated(locked=5)
    assert see(store, Vault([NEW]), "default", "f3", LOOK).original.feedback.text == f"call {PHONE} 3"


def test_what_was_erased_while_keys_were_rotated_stays_erased(store: Store) -> None:
    keeping(store).process([said(1)])
    (seals,) = list(store.seals.each())
    with store.database.write() as connection:
        connection.execute(update(schema.feedback).values(sealed=None))
    assert store.seals.replace([(seal, b"anew") for seal in seals]) == 0
    assert store.seals.count() == 0


KEEPING_ALL = Policy(dict.fromkeys(Kind, Action.KEEP), fields={})
POLICIES = (KEEPING_ALL, Policy(), KEEPS, Policy(fields={"text": Action.DROP}, always={"customer": Action.MASK}))


@pytest.mark.parametrize("first", [None, *POLICIES], ids=["no redactor", "keeps all", "masks", "seals", "drops"])
def test_a_record_is_known_again_whatever_the_policy_was_or_is(store: Store, first: Policy | None) -> None:
    """A sender repeats what it said; that masking was turned on, or off, is nothing that it knows of."""
    engine = engine_on(store)
    engine.redactor = None if first is None else redactor_of(first, vault=Vault([OLD]))
    decisions = engine.process([said(1)])
    for policy in POLICIES:
        engine.redactor = redactor_of(policy, vault=Vault([OLD]))
        decisions += engine.process([said(1)])
    assert {one.sequence for one in decisions} == {decisions[0].sequence}


def test_other_words_that_are_masked_alike_are_other_words(store: Store) -> None:
    engine = keeping(store)
    first = engine.process([said(1)])[0]
    again = replace(said(1), parts=said(1, "I am furious, call 07911 123457.").parts)
    second = engine.process([again], revise=True)[0]
    assert (first.revision, second.revision) == (1, 2)
    assert store.records.find([("default", "f1")])[("default", "f1")].feedback.text.endswith("[PHONE_NUMBER].")
    assert see(store, Vault([OLD]), "default", "f1", LOOK).original.feedback.text.endswith("123457.")


def test_the_hash_of_what_was_taken_out_needs_the_key(store: Store) -> None:
    """Without a key, whoever has the store could try all phone numbers until the hash fits."""
    keeping(store).process([said(1)])
    (seals,) = list(store.seals.each())
    assert isinstance(seals[0], Seal)
    assert seals[0].content_hash != said(1).content_hash()
