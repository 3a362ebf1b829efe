"""Every error that Heedful raises on purpose, under one root.

Each class's docstring is its default message, so an error raised without words still says something.
`api/problems.py` maps these classes to RFC 9457 problem responses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class HeedfulError(Exception):
    """Something went wrong in Heedful."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


@dataclass(frozen=True, slots=True)
class Located:
    """One finding in a file of the program: what, where, and how grave."""

    file: str
    line: int
    column: int
    message: str
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}"


class ConfigError(HeedfulError):
    """The program's files have errors."""

    def __init__(self, findings: list[Located]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings) or None)


class RulesError(ConfigError):
    """The rules have errors, and were not published."""


class SetupError(RulesError):
    """The receivers or routes have errors, and were not published."""


class FeedbackError(HeedfulError):
    """The feedback is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        Path of the offending field, such as ``scores.nps``.
    position
        Place of the record in its batch or file, from 0; None for a single one.
    """

    def __init__(self, message: str, *, field: str | None = None, position: int | None = None) -> None:
        self.field = field
        self.position = position
        super().__init__(message)


class ErasureError(HeedfulError):
    """The erasure is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        The offending field, such as ``customer``.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class TranscriptError(HeedfulError):
    """The transcript cannot be understood.

    Parameters
    ----------
    message
        What is wrong, where in a JSON document, and what to do about it.
    line
        Line of the text, from 1; None where lines say nothing.
    about_speakers
        Whether what is wrong is not in the transcript, but in what was said of its speakers.
    """

    def __init__(self, message: str, *, line: int | None = None, about_speakers: bool = False) -> None:
        self.line = line
        self.plain = message
        self.about_speakers = about_speakers
        super().__init__(message if line is None else f"line {line:,}: {message}")


class VerdictError(HeedfulError):
    """The verdict is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        Path of the offending field, such as ``labels.emotion``.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class PersonError(HeedfulError):
    """What is said of a person is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        Path of the offending field, such as ``manager``.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class MatchingError(HeedfulError):
    """The conditions that choose among alerts are not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        Path of the offending field, such as ``matching.severity``.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class AlertStateError(HeedfulError):
    """That cannot be done with an alert in this state."""


class RefusedError(HeedfulError):
    """A change of several alerts was refused for some of them, and so none was changed.

    Parameters
    ----------
    refused
        Why, by alert.
    """

    def __init__(self, refused: Mapping[str, HeedfulError]) -> None:
        self.refused = dict(refused)
        alert, first = next(iter(refused.items()))
        super().__init__(f"nothing was changed: {len(refused)} refused; the first, {alert}: {first}")


class LinkError(HeedfulError):
    """A link in a message is not valid.

    Parameters
    ----------
    ended
        Whether it was valid once.
    """

    def __init__(self, message: str | None = None, *, ended: bool = False) -> None:
        self.ended = ended
        super().__init__(message)


class QuestionError(HeedfulError):
    """What is asked of the alerts is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        The offending parameter, such as ``goal``.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class MomentError(HeedfulError):
    """A span or a date cannot be read; write 30d, 12h or 2026-03-01."""


class FieldError(HeedfulError):
    """What was entered is not valid.

    Parameters
    ----------
    message
        What is wrong and what to do about it.
    field
        The offending field.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


class ChangeError(FieldError):
    """The change of an alert is not valid."""


class SilenceError(FieldError):
    """The silence is not valid."""


class ProblemError(FieldError):
    """The problem, or the change of it, is not valid."""


class NoteError(FieldError):
    """The note is not valid."""


class AccountError(FieldError):
    """What is said of an account is not valid."""


class SignInError(HeedfulError):
    """The e-mail or the password is not right.

    Parameters
    ----------
    retry_after
        How long nobody may try again, where too many passwords were wrong.
    """

    def __init__(self, message: str | None = None, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class ConflictError(HeedfulError):
    """The same source and id came before with other content; send revise to store a new revision."""

    def __init__(self, message: str | None = None, *, position: int | None = None) -> None:
        self.position = position
        super().__init__(message)


class ManagedError(ConflictError):
    """The rule comes from files: change it there, and publish them with 'heedful rules push'."""


class ManagedPersonError(ManagedError):
    """The person stands in people.csv: change it there, and import it with 'heedful people import'."""


class ManagedSettingError(ManagedError):
    """It stands in a file of the program: change it there."""


class StaleError(HeedfulError):
    """Somebody else was faster: look again, and send your change of what it is now."""


class NotFoundError(HeedfulError):
    """There is no such record, or this key may not see it."""


class AuthError(HeedfulError):
    """A valid API key is needed: send it as 'Authorization: Bearer KEY'."""


class ForbiddenError(HeedfulError):
    """The role or unit of this key does not allow that."""


class ReaderUnavailableError(HeedfulError):
    """The reader is down; try again later, or set 'degrade: true' in program.yaml to accept feedback unread."""


class OverloadedError(HeedfulError):
    """Too much is waiting to be read; try again after the given number of seconds."""

    def __init__(self, message: str | None = None, *, retry_after_s: int = 1) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class AudioError(FieldError):
    """The audio cannot be used."""


class AudioTooLongError(AudioError):
    """The audio is too long."""


class SpeechUnavailableError(HeedfulError):
    """Speech cannot be understood here: install the extra with pip install 'heedful[speech]'."""


class TranscriptionStoppedError(HeedfulError):
    """Nobody waits for this transcription any more."""


class ReplayStoppedError(HeedfulError):
    """The backtest was stopped; nothing came of it."""


class ArtifactError(HeedfulError):
    """The model artifact cannot be used."""


class StoreError(HeedfulError):
    """The store cannot be used."""


class VaultError(HeedfulError):
    """What was taken out cannot be opened: the key that sealed it is not among HEEDFUL_PRIVACY_KEYS."""


class DeliveryError(HeedfulError):
    """A notification could not be delivered.

    Parameters
    ----------
    message
        What happened, without the secret parts of the receiver's address.
    permanent
        Whether trying again is of no use (a refused address, a 4xx answer).
    gone
        Whether the receiver is gone for good (410): nothing more is sent there until somebody says so.
    retry_after
        How long the receiver asks to be left alone.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, gone: bool = False, retry_after: timedelta | None = None
    ) -> None:
        self.permanent = permanent
        self.gone = gone
        self.retry_after = retry_after
        super().__init__(message)


class DataError(HeedfulError):
    """The labelled data cannot be used."""
