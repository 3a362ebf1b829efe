"""Recordings on the command line: checked first, heard when their turn comes, known ones not again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import Progress

from api.cli.files import InputError
from api.cli.output import stderr
from engine.errors import AudioError, FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.pipeline import Engine
from engine.program import Program
from engine.transcripts.voices import Voices, voices_of

if TYPE_CHECKING:
    from models.speech.transcriber import Transcriber

MOST_SECONDS = 12 * 3600.0
# Below it, what was not understood is a cough.
WORTH_SAYING_S = 1.0


def is_recording(path: Path) -> bool:
    """Return whether a file is a recording by its content: WAV, MP3, FLAC or OGG."""
    from models.speech.container import sniffed

    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return sniffed(file) is not None
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from problem


def looks_like_one(path: Path) -> bool:
    """Return whether a file is a recording, or is named like one: such a file is refused with a reason."""
    return path.suffix.lower() in (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus") or is_recording(path)


class Recordings:
    """The recordings of one run of a command.

    Parameters
    ----------
    program
        Admits their records.
    voices
        Who speaks in them.
    """

    def __init__(self, program: Program, voices: Voices | None = None) -> None:
        self._program = program
        self._voices = voices or voices_of(None)
        self._paths: dict[tuple[str, str], Path] = {}
        self._transcriber: Transcriber | None = None

    def unheard(self, path: Path, record: dict[str, Any], now: datetime) -> Feedback:
        """Return a recording as a feedback that has no words yet; it is checked as far as its header goes.

        Parameters
        ----------
        record
            What is known of it, with an id and without words.

        Raises
        ------
        InputError
            If the file is no recording that is taken, or the record is not valid.
        SpeechUnavailableError
            If the extra is not installed.
        """
        from models.speech.sound import open_sound
        from models.speech.weights import check_extra

        check_extra()
        try:
            with path.open("rb") as file:
                with open_sound(file, MOST_SECONDS):
                    pass
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found = admit(record | {"parts": [{"text": ""}]}, self._program, now)
        except (AudioError, FeedbackError) as problem:
            raise InputError(f"{path}: {problem}") from problem
        except OSError as problem:
            raise InputError(f"{path} cannot be read: {problem.strerror}") from problem
        self._paths[found.key] = path
        return replace(found, recording=self._voices.named(digest))

    def heard(self, feedback: Feedback, bar: Progress) -> Feedback:
        """Return a feedback with the words of its recording; one of another kind as it is.

        Raises
        ------
        InputError
            If the recording is damaged or too long.
        SpeechUnavailableError
            If the extra is not installed, or its model is not here.
        """
        path = self._paths.get(feedback.key)
        if path is None:
            return feedback
        task = bar.add_task(f"hearing {path.name} (seconds)", total=None)

        def progress(done: float, expected: float | None) -> None:
            bar.update(task, completed=int(done), total=None if expected is None else int(expected))

        try:
            transcript = self._loaded().transcribe(
                path, most_seconds=MOST_SECONDS, apart=self._voices.apart, progress=progress
            )
            found = self._voices.heard(feedback, transcript.utterances, transcript.seconds)
        except (AudioError, FeedbackError) as problem:
            raise InputError(f"{path}: {problem}") from problem
        finally:
            bar.remove_task(task)
        unclear = transcript.unclear_seconds
        if unclear >= WORTH_SAYING_S:
            said = f"{path}: {unclear:.0f} of {transcript.seconds:.0f} seconds were not understood"
            stderr.print(said, style="yellow", markup=False, highlight=False)
        return found

    def new(self, batch: Sequence[Feedback], engine: Engine, bar: Progress, *, revise: bool) -> list[Feedback]:
        """Return a batch with the words of its recordings, but for those whose decision is stored already.

        Raises
        ------
        ConflictError
            If the key of one came before with another recording and `revise` is not set.
        """
        unheard = [feedback for feedback in batch if feedback.key in self._paths]
        known = engine.known(engine.redact(unheard), revise=revise) if unheard else {}
        return [feedback if feedback.key in known else self.heard(feedback, bar) for feedback in batch]

    def _loaded(self) -> Transcriber:
        if self._transcriber is None:
            from api.settings import settings_of
            from models.speech.transcriber import load_transcriber

            settings = settings_of()
            self._transcriber = load_transcriber(settings.speech_model, settings.threads, fetch=settings.speech_fetch)
        return self._transcriber
