"""Pausing the collector leaves it as it was."""

from __future__ import annotations

import gc

import pytest

from engine.collecting import not_collecting


@not_collecting()
def broken() -> None:
    assert not gc.isenabled()
    raise KeyError


def test_it_goes_on_afterwards_whatever_happens() -> None:
    with pytest.raises(KeyError):
        broken()
    assert gc.isenabled()


def test_the_outer_pause_ends_it() -> None:
    with not_collecting():
        with not_collecting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
