"""Interning: equal conditions of all rules share one slot."""

from __future__ import annotations

from collections.abc import Hashable


class Interned:
    """Slots by key, with the number of their uses; a slot that is no longer used is given to the next key."""

    def __init__(self) -> None:
        self._slots: dict[Hashable, int] = {}
        self._keys: list[Hashable] = []
        self._uses: list[int] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        """How many slots there are, used or free."""
        return len(self._keys)

    def take(self, key: Hashable) -> tuple[int, bool]:
        """Return the slot of a key, and whether it is new; it counts as used once more."""
        slot = self._slots.get(key)
        if slot is not None:
            self._uses[slot] += 1
            return slot, False
        slot = self._free.pop() if self._free else self._grow()
        self._slots[key] = slot
        self._keys[slot] = key
        self._uses[slot] = 1
        return slot, True

    def _grow(self) -> int:
        self._keys.append(None)
        self._uses.append(0)
        return len(self._keys) - 1

    def keep(self, slot: int) -> None:
        """Count a slot as used once more."""
        self._uses[slot] += 1

    def drop(self, slot: int) -> bool:
        """Count one use less; return whether that was the last one."""
        self._uses[slot] -= 1
        if self._uses[slot]:
            return False
        del self._slots[self._keys[slot]]
        self._keys[slot] = None
        self._free.append(slot)
        return True
