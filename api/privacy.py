"""Composition: a program's policy and the settings become a redactor."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from api.masking import recogniser
from api.settings import Settings, SettingsError
from engine.errors import VaultError
from engine.ports import Clock, Redactor
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.redactor import PolicyRedactor
from engine.privacy.vault import Vault
from engine.program import Program
from engine.store.store import Store

# The store's own secret, which keys pseudonyms where the settings have no key.
HASH_KEY = "pseudonyms"
NO_VAULT = (
    "the program keeps originals (privacy: keep_originals: true), and there is no key to encrypt them with: make one "
    "with 'heedful privacy key' and set it as HEEDFUL_PRIVACY_KEYS"
)


def pseudonyms_of(settings: Settings, store: Store, clock: Clock) -> Pseudonyms:
    """Return what makes pseudonyms: keyed by the settings, else by a secret that the store makes and keeps."""
    given = settings.hash_key
    return Pseudonyms(given.get_secret_value() if given else store.secrets.get(HASH_KEY, clock.now()))


def vault_of(settings: Settings) -> Vault | None:
    """Return the vault that the settings have keys for, or None.

    Raises
    ------
    SettingsError
        If a key is not valid.
    """
    if settings.privacy_keys is None:
        return None
    keys = [key.strip() for key in settings.privacy_keys.get_secret_value().split(",") if key.strip()]
    try:
        return Vault(keys)
    except VaultError as problem:
        raise SettingsError(f"settings are not valid: privacy_keys (HEEDFUL_PRIVACY_KEYS): {problem}") from None


def redactor_of(program: Program, settings: Settings, store: Store, clock: Clock) -> PolicyRedactor:
    """Return what takes personal data out of feedback before it is stored.

    Raises
    ------
    SettingsError
        If the program keeps originals, and there is no key to encrypt them with.
    """
    vault = vault_of(settings) if program.privacy.keep_originals else None
    if program.privacy.keep_originals and vault is None:
        raise SettingsError(NO_VAULT)
    return _redactor(program, pseudonyms_of(settings, store, clock), store, vault)


def asking_redactor(program: Program, settings: Settings, store: Store, clock: Clock) -> PolicyRedactor:
    """Return what tells how customers are stored, for those who look them up: it keeps nothing, and needs no vault."""
    return _redactor(program, pseudonyms_of(settings, store, clock), store, None)


def reading_redactor(program: Program, settings: Settings) -> PolicyRedactor:
    """Return what takes personal data out of feedback that is read and not stored.

    Without a key in the settings, pseudonyms are the same within one run only.
    """
    given = settings.hash_key
    return _redactor(program, Pseudonyms(given.get_secret_value() if given else secrets.token_hex(32)), None, None)


def named_as_stored(matching: Any, redactor: Redactor | None) -> Any:
    """Return conditions on alerts in which customers are named as they are stored; what is no condition stays."""
    said = matching.get("customer") if isinstance(matching, Mapping) else None
    if redactor is None or said is None:
        return matching
    if isinstance(said, list):
        named: Any = [redactor.customer(one) if isinstance(one, str) else one for one in said]
    else:
        named = redactor.customer(said) if isinstance(said, str) else said
    return {**matching, "customer": named}


def customers_asked(customer: str | None, redactor: Redactor | None) -> tuple[str, ...] | None:
    """Return under which names to look for a customer: as it is said, and as it is or was stored; None is nobody."""
    if customer is None:
        return None
    stored = (redactor.customer(customer), *redactor.pseudonyms(customer)) if redactor else ()
    return tuple(dict.fromkeys((customer, *stored)))


def _redactor(program: Program, pseudonyms: Pseudonyms, store: Store | None, vault: Vault | None) -> PolicyRedactor:
    def knows(employee: str) -> bool:
        return store is not None and store.people.directory().person(employee) is not None

    return PolicyRedactor(
        recogniser(program.privacy.names),
        program.privacy,
        pseudonyms,
        vault=vault,
        knows=knows,
        typed=[name for name, spec in program.attributes.items() if spec.kind != "text"],
    )
