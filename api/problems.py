"""Errors as RFC 9457 problems: one table from classes to answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.masking import mask, mask_all
from engine.errors import (
    AccountError,
    AlertStateError,
    AudioError,
    AudioTooLongError,
    AuthError,
    ChangeError,
    ConfigError,
    ConflictError,
    ErasureError,
    FeedbackError,
    ForbiddenError,
    HeedfulError,
    LinkError,
    Located,
    ManagedError,
    ManagedPersonError,
    ManagedSettingError,
    MatchingError,
    MomentError,
    NoteError,
    NotFoundError,
    OverloadedError,
    PersonError,
    ProblemError,
    QuestionError,
    ReaderUnavailableError,
    RefusedError,
    ReplayStoppedError,
    RulesError,
    SetupError,
    SignInError,
    SilenceError,
    SpeechUnavailableError,
    StaleError,
    StoreError,
    TranscriptError,
    TranscriptionStoppedError,
    VaultError,
    VerdictError,
)

MEDIA = "application/problem+json"
RETRY_AFTER_S = 5
# The first class that fits decides.
TABLE: tuple[tuple[type[HeedfulError], int, str], ...] = (
    (FeedbackError, 422, "invalid-feedback"),
    (AudioTooLongError, 413, "too-long"),
    (AudioError, 422, "invalid-audio"),
    (TranscriptionStoppedError, 503, "stopped"),
    (ReplayStoppedError, 503, "stopped"),
    (SpeechUnavailableError, 501, "speech-unavailable"),
    (TranscriptError, 422, "invalid-transcript"),
    (VerdictError, 422, "invalid-verdict"),
    (ErasureError, 422, "invalid-erasure"),
    (MatchingError, 422, "invalid-matching"),
    (PersonError, 422, "invalid-person"),
    (SilenceError, 422, "invalid-silence"),
    (ProblemError, 422, "invalid-problem"),
    (NoteError, 422, "invalid-note"),
    (AccountError, 422, "invalid-account"),
    (QuestionError, 422, "invalid-request"),
    (ChangeError, 422, "invalid-change"),
    (MomentError, 422, "invalid-request"),
    (AlertStateError, 409, "wrong-state"),
    (RefusedError, 409, "changes-refused"),
    (StaleError, 412, "changed-meanwhile"),
    (ManagedPersonError, 409, "managed-person"),
    (ManagedSettingError, 409, "managed-setting"),
    (ManagedError, 409, "managed-rule"),
    (ConflictError, 409, "conflict"),
    (NotFoundError, 404, "not-found"),
    (LinkError, 404, "invalid-link"),
    (AuthError, 401, "unauthorized"),
    (SignInError, 401, "not-signed-in"),
    (ForbiddenError, 403, "forbidden"),
    (OverloadedError, 503, "overloaded"),
    (ReaderUnavailableError, 503, "reader-unavailable"),
    (StoreError, 503, "store-unavailable"),
    (VaultError, 503, "vault-locked"),
    (SetupError, 422, "invalid-setting"),
    (RulesError, 422, "invalid-rule"),
    (ConfigError, 422, "invalid-configuration"),
    (HeedfulError, 500, "internal"),
)
log = structlog.get_logger(__name__)


class TooLargeError(HeedfulError):
    """The body is too large; send less at once."""


class BadBodyError(HeedfulError):
    """The body is not valid JSON."""


class BadFormError(HeedfulError):
    """The body is not a valid form of multipart/form-data."""


class MediaTypeError(HeedfulError):
    """The body must be JSON."""


class SlowBodyError(HeedfulError):
    """The body did not come within a minute; send it again."""


class UnseenError(HeedfulError):
    """Say what you change: 'If-Match' with the ETag of the rule as you saw it, or 'If-None-Match: *' for a new one."""


class TooManyRecordsError(HeedfulError):
    """There is too much to look at for one request; use the command line."""


class ParameterError(HeedfulError):
    """A parameter of the request is not known, or not valid."""

    def __init__(self, message: str, *, field: str) -> None:
        self.field = field
        super().__init__(message)


OWN: tuple[tuple[type[HeedfulError], int, str], ...] = (
    (TooLargeError, 413, "too-large"),
    (BadBodyError, 400, "invalid-json"),
    (BadFormError, 400, "invalid-form"),
    (MediaTypeError, 415, "unsupported-media-type"),
    (SlowBodyError, 408, "request-timeout"),
    (UnseenError, 428, "precondition-required"),
    (TooManyRecordsError, 422, "too-many-records"),
    (ParameterError, 422, "invalid-request"),
)


def problem(status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, **extra: Any) -> Response:
    """Return a problem response; what it repeats of a sender's words has no personal data."""
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:heedful:problem:{kind}", "title": title, "status": status, "detail": mask(detail)}
    body |= {name: mask_all(value) for name, value in extra.items() if value is not None}
    return Response(orjson.dumps(body), status, dict(headers or {}), MEDIA)


def answer(error: HeedfulError) -> Response:
    """Return the problem that an error means."""
    status, kind = _kind_of(error)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = str(getattr(error, "retry_after_s", RETRY_AFTER_S))
    extra: dict[str, Any] = {name: getattr(error, name, None) for name in ("field", "position")}
    if isinstance(error, RefusedError):
        extra["refused"] = [_refusal(alert, one) for alert, one in error.refused.items()]
    if isinstance(error, RulesError):
        what = "text" if isinstance(error, SetupError) else "rule"
        return problem(status, kind, _said(error.findings, what), headers, errors=findings_of(error.findings))
    return problem(status, kind, str(error), headers, **extra)


def _kind_of(error: HeedfulError) -> tuple[int, str]:
    return next((status, kind) for known, status, kind in (*OWN, *TABLE) if isinstance(error, known))


def _refusal(alert: str, error: HeedfulError) -> dict[str, Any]:
    status, kind = _kind_of(error)
    return {"alert": alert, "type": f"urn:heedful:problem:{kind}", "status": status, "detail": str(error)}


def findings_of(findings: Iterable[Located]) -> list[dict[str, Any]]:
    """Return findings as plain JSON values."""
    return [{"line": one.line, "column": one.column, "message": one.message, "level": one.level} for one in findings]


def _said(findings: Sequence[Located], what: str) -> str:
    errors = [one for one in findings if one.level == "error"]
    first = f"line {errors[0].line}, column {errors[0].column}: {errors[0].message}"
    return f"the {what} has an error in {first}" if len(errors) == 1 else f"{len(errors)} errors; the first, {first}"


def install(app: FastAPI) -> None:
    """Answer every error of an application as a problem."""

    @app.exception_handler(HeedfulError)
    async def ours(_request: Request, error: HeedfulError) -> Response:
        return answer(error)

    @app.exception_handler(HTTPException)
    async def theirs(_request: Request, error: HTTPException) -> Response:
        kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
        return problem(error.status_code, kind, str(error.detail), error.headers)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        return problem(400, "disconnected", "the sender went away before the body was here")

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"][1:])
        return problem(422, "invalid-request", f"{field}: {first['msg']}", field=field)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("unforeseen error", path=request.url.path, error=type(error).__name__, exc_info=error)
        return problem(500, "internal", "something went wrong in Heedful; the log says more")
