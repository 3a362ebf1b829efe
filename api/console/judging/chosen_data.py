"""What to measure on: a version of the data set, or a file of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from nicegui import events, ui

from api.console import look
from api.console.context import Context
from api.console.judging import work
from api.console.judging.work import MOST_BYTES, WorkError

ENDINGS = (".jsonl", ".csv")
MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class Given:
    """A file that somebody chose in their browser."""

    name: str
    content: bytes


class ChosenData:
    """The two fields that choose labelled feedback.

    Parameters
    ----------
    context
        Who chooses.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._given: Given | None = None

    async def draw(self) -> None:
        """Draw the fields."""
        found = await self._context.read(self._versions)
        self._version = ui.select(found, label="Version of the data set", clearable=True, value=next(iter(found), None))
        self._version.props("outlined dense").classes("hf-field")
        if not found:
            self._version.disable()
        # Quasar's own field has buttons without names: it stays out of sight, and one of ours opens it.
        self._field = ui.upload(
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_upload=self._context.doing(self._uploaded),
            on_rejected=lambda: ui.notify("The file is larger than 20 MB", type="negative", position="top"),
        )
        self._field.props["accept"] = ",".join(ENDINGS)
        self._field.classes("hf-gone")
        button = look.button("Choose a file (JSONL or CSV)", lambda: None, icon="upload_file")
        button.on("click", js_handler=f"() => getElement({self._field.id}).pickFiles()")
        self._named = look.words("p", "", "hf-small hf-muted").props("role=status")

    def _versions(self) -> dict[str, str]:
        from training.datasets import versions

        newest = versions(self._context.service.settings.labelled)[-MOST_VERSIONS:][::-1]
        return {one.name: f"{one.name}: {one.manifest.get('records', 0):,} records" for one in newest}

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        self._given, self._named.text = None, ""
        self._field.reset()
        name = event.file.name
        if not name.lower().endswith(ENDINGS):
            raise WorkError("the file must end with .jsonl or .csv")
        if event.file.size() > MOST_BYTES:
            raise WorkError("the file is larger than 20 MB")
        self._given = Given(name[-100:], await event.file.read())
        self._named.text = f"{self._given.name} is used"

    @asynccontextmanager
    async def file(self) -> AsyncIterator[tuple[Path, Path, str]]:
        """Give the file that was chosen, a folder to work in, and how the file is named.

        Raises
        ------
        WorkError
            If nothing is chosen.
        """
        with work.folder() as place:
            if self._given is not None:
                path = place / ("data.csv" if self._given.name.lower().endswith(".csv") else "data.jsonl")
                path.write_bytes(self._given.content)
                yield path, place, self._given.name
            elif self._version.value:
                yield (
                    await self._context.read(lambda: self._of_version(str(self._version.value))),
                    place,
                    str(self._version.value),
                )
            else:
                raise WorkError("choose labelled feedback: a version of the data set, or a file")

    def _of_version(self, name: str) -> Path:
        from training.datasets import versions

        for one in versions(self._context.service.settings.labelled):
            if one.name == name:
                return one.data.resolve()
        raise WorkError(f"there is no version {name} any more")
