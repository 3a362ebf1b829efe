"""NiceGUI made quicker: it answers as before, and looks at a method only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.console import quicker


class Bell:
    def ring(self) -> None:
        pass

    def told(self, said: str, loud: bool = False) -> None:
        pass

    def any(self, *said: str, **more: str) -> None:
        pass


@pytest.mark.parametrize(
    ("func", "wants"),
    [
        pytest.param(Bell().ring, False, id="a method without arguments"),
        pytest.param(Bell().told, True, id="a method with one"),
        pytest.param(Bell().any, False, id="a method that takes any"),
        pytest.param(lambda: None, False, id="a function without"),
        pytest.param(lambda one: None, True, id="a function with one"),
        pytest.param(lambda one=1: None, False, id="a function with a default"),
    ],
)
def test_it_answers_as_nicegui_does(func: Callable[..., Any], wants: bool) -> None:
    assert [quicker.expects_arguments(func) for _ in range(2)] == [wants, wants]


def test_a_method_is_looked_at_once_whosever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(quicker, "_known", {})
    monkeypatch.setattr(quicker, "_look", lambda func: looked.append(func) or False)
    for _ in range(3):
        quicker.expects_arguments(Bell().ring)
    assert len(looked) == 1
