"""What accounts and passwords may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.accounts import LONGEST_WAIT, admit_email, admit_name, admit_password, admit_person, admit_role, wait_after
from engine.errors import AccountError
from engine.passwords import hashed, is_dated, is_right
from engine.scope import Role


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("Ann@Example.com ", "ann@example.com", id="one case, no blanks"),
        pytest.param("ａｎｎ@example.com", "ann@example.com", id="wide letters"),
        pytest.param("o'brien@example.com", None, id="a quote"),
        pytest.param("ann", None, id="no address"),
        pytest.param("a@b@c", None, id="two signs"),
        pytest.param("ann@exa mple.com", None, id="a blank"),
        pytest.param("ann@example.com\nbcc: x", None, id="two lines"),
        pytest.param("a\x00@example.com", None, id="what no database takes"),
        pytest.param("a" * 200 + "@example.com", None, id="long"),
    ],
)
def test_an_email_is_an_address(said: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(AccountError):
            admit_email(said)
    else:
        assert admit_email(said) == kept


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("short", "at least 12", id="short"),
        pytest.param("x" * 201, "at most 200", id="long"),
        pytest.param("abababababababab", "repeats", id="the same few characters"),
        pytest.param("ann.leeds-ann.leeds", "your name", id="the name again and again"),
        pytest.param("correct horse battery", None, id="a few words"),
        pytest.param("пароль из нескольких слов", None, id="any script"),
    ],
)
def test_a_password_is_good_enough(password: str, why: str | None) -> None:
    if why is None:
        assert admit_password(password, "ann.leeds@example.com", "Ann Leeds") == password
    else:
        with pytest.raises(AccountError, match=why):
            admit_password(password, "ann.leeds@example.com", "Ann Leeds")


def test_a_password_is_right_however_its_letters_were_composed() -> None:
    made = hashed("café au lait, twice")
    assert is_right("cafe\u0301 au lait, twice", made)
    assert not is_right("cafe au lait, twice", made)
    assert not is_right("nobody has this password", None)
    assert not is_right("x", "not a hash")
    assert not is_dated(made)
    assert is_dated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$R1lDZ2N0Z3Y")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101, "a\x00"])
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(AccountError):
        admit_name(name)


def test_a_person_is_an_id_or_nobody() -> None:
    assert [admit_person(one) for one in (None, " ", " ann ")] == [None, None, "ann"]
    with pytest.raises(AccountError):
        admit_person("x" * 101)


def test_nobody_signs_in_to_send() -> None:
    with pytest.raises(AccountError):
        admit_role(Role.INGEST)


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_waits_grow_and_have_an_end(failures: int, free: int) -> None:
    wait, longer = wait_after(failures, free), wait_after(failures + 1, free)
    assert timedelta(0) <= wait <= longer <= LONGEST_WAIT
    assert (wait == timedelta(0)) == (failures < free)
