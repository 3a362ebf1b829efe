"""Published receivers and routes, changed: what the API and the console do alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from api.auditing import What, noted
from api.auth import Caller, check_role
from api.problems import ParameterError
from api.rule_publishing import reason
from api.runtime import Service
from engine.errors import ForbiddenError
from engine.program_files import SLUG
from engine.scope import ADMINS
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingDraft, SettingKind
from engine.shelf.setting_publisher import SettingPublisher, Tried
from engine.shelf.signature import Signature

Result = TypeVar("Result")
# No receiver can be published under these: they are addresses of their own.
WORDS = frozenset({"export", "states"})


def setting_signature(caller: Caller, why: str | None = None) -> Signature:
    """Return who changes receivers or routes, if that may be.

    Raises
    ------
    ForbiddenError
        If the caller is no admin, or one of a unit.
    ParameterError
        If the reason is more than one line.
    """
    check_role(caller, ADMINS)
    if caller.scope.unit is not None:
        raise ForbiddenError("receivers and routes serve every unit: it takes an admin without a unit")
    return Signature(caller.name, reason(why))


def receiver_key(name: str) -> tuple[SettingKind, str]:
    """Return what the versions of a receiver are found by.

    Raises
    ------
    ParameterError
        If no receiver can have that name.
    """
    if not SLUG.match(name):
        raise ParameterError("a receiver's name has lower-case letters, digits and - only, at most 100", field="name")
    if name in WORDS:
        raise ParameterError(f"'{name}' is a word of the API; choose another name for the receiver", field="name")
    return SettingKind.RECEIVER, name


def change_settings(
    service: Service, caller: Caller, what: What, by: Signature, work: Callable[[SettingPublisher], Result]
) -> Result:
    """Change what is published, and send by it from now on; the change goes on record with its reason.

    Run it in a thread of its own: rules are tried under it first.

    Raises
    ------
    StaleError, ManagedError, SetupError, ConflictError, NotFoundError
        As `engine.shelf.setting_publisher.SettingPublisher` does.
    """
    data = {"why": by.why} if by.why else {}
    return noted(service, caller, what, lambda: service.published.work(_settings(service, work)), data)()


def try_setting(service: Service, draft: SettingDraft) -> Tried:
    """Return what a text would come to; nothing is published. Run it in a thread of its own.

    Raises
    ------
    SetupError
        With every error of the text, and everything that it would break.
    ManagedError
        If it stands in a file.
    """
    return service.published.work(_settings(service, lambda settings: settings.tried(draft)))


def _settings(service: Service, work: Callable[[SettingPublisher], Result]) -> Callable[[Publisher], Result]:
    return lambda publisher: work(SettingPublisher(publisher, service.store.shelf.settings))
