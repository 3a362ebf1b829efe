from __future__ import annotations

from tests.support.databases import store, url

__all__ = ["store", "url"]
