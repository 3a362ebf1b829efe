"""A receiver that takes every message, and remembers which."""

from __future__ import annotations

from engine.delivery.message import Message


class Taking:
    def __init__(self) -> None:
        self.ids: list[str] = []

    def send(self, message: Message) -> str:
        self.ids.append(message.id)
        return "taken"
