"""Looking at what was taken out of feedback: what the API and the console do alike."""

from __future__ import annotations

from api.auth import Caller
from api.runtime import Service
from engine.errors import ForbiddenError
from engine.privacy.seeing import Look, Private, see


def look_at(service: Service, caller: Caller, source: str, feedback_id: str, why: str) -> Private:
    """Return a feedback as it came, and write down who looks and why; run it in the thread that writes.

    Raises
    ------
    ForbiddenError
        If the caller may not see private data: no role implies that.
    QuestionError, NotFoundError, VaultError
        As `engine.privacy.seeing` says.
    """
    if not caller.see_private:
        raise ForbiddenError("this key may not see what was taken out; 'heedful keys create --see-private' makes one")
    # The account that looks, not the person it stands for: who may change accounts could make it stand for another.
    look = Look(caller.through or caller.name, why, service.engine.clock.now())
    return see(service.store, service.vault, source, feedback_id, look, caller.scope)
