"""Every table of the store, known to one metadata."""

from __future__ import annotations

from engine.store import (
    schema,
    schema_accounts,
    schema_delivery,
    schema_followup,
    schema_privacy,
    schema_search,
    schema_settings,
)
from engine.store.schema_base import metadata

__all__ = [
    "metadata",
    "schema",
    "schema_accounts",
    "schema_delivery",
    "schema_followup",
    "schema_privacy",
    "schema_search",
    "schema_settings",
]
