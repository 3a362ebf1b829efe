"""Rotating keys: all that is sealed is sealed anew under the newest key.

Each chunk is a transaction of its own, and what is under the newest key already is passed over: a rotation that was
cut off is done by running it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import VaultError
from engine.privacy.vault import Vault
from engine.store.sealed import Seal, Seals


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many were sealed anew, how many were under the newest key already, and how many no key opens."""

    sealed: int = 0
    already: int = 0
    locked: int = 0


def rotate(seals: Seals, vault: Vault, progress: Callable[[int], object] = lambda _: None) -> Rotated:
    """Seal all that is sealed in a store under the newest key.

    Parameters
    ----------
    progress
        Told of every chunk's size.
    """
    sealed = already = locked = 0
    for chunk in seals.each():
        changes: list[tuple[Seal, bytes]] = []
        for seal in chunk:
            try:
                fresh = vault.rotated(seal.sealed)
            except VaultError:
                locked += 1
                continue
            if fresh is None:
                already += 1
            else:
                changes.append((seal, fresh))
        sealed += seals.replace(changes) if changes else 0
        progress(len(chunk))
    return Rotated(sealed, already, locked)
