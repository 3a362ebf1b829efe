"""Rules: listed, looked up, published, retired and restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auditing import What
from api.auth import Caller, needs
from api.body import MIB, body_of
from api.problems import UnseenError, findings_of
from api.routes.feedback import PROBLEMS, as_json, service_of
from api.rule_answers import detail, problems_of, with_text
from api.rule_body import YAML, rule_of, seen_by, shaped
from api.rule_changing import change_rules
from api.rule_publishing import check_name, reason, signature
from api.runtime import Service
from api.shapes import (
    ProblemOut,
    RestoreIn,
    RuleDetailOut,
    RulesOut,
    RuleTextOut,
    RuleVersionsOut,
    ValidationOut,
)
from engine.errors import NotFoundError
from engine.rules.rule import RuleStatus
from engine.scope import AUTHORS, READERS
from engine.shelf.export import exported
from engine.shelf.publisher import Publisher, Signature
from engine.store.shelf import RuleFilter

router = APIRouter(prefix="/v1", tags=["rules"])
VIEWERS = [Depends(needs(READERS))]
Author = Annotated[Caller, Depends(needs(AUTHORS))]
Why = Annotated[str | None, Query(max_length=500, description="the reason, for the history")]
Words = Annotated[str | None, Query(max_length=200, description="each is in the rule's name, title or author")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Cursor = Annotated[int | None, Query(ge=1, le=1_000_000_000)]
Number = Annotated[int, Path(ge=1, le=1_000_000_000, description="the version's number")]
Result = TypeVar("Result")
WRITE_PROBLEMS = PROBLEMS | {status: {"model": ProblemOut} for status in (412, 428)}
TEXT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            YAML[0]: {"schema": {"type": "string"}},
            "application/json": {"schema": {"$ref": "#/components/schemas/RuleIn"}},
        },
    }
}
RESTORE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RestoreIn"}}},
    }
}
SEEN: list[dict[str, Any]] = [
    {
        "name": "If-Match",
        "in": "header",
        "description": "the ETag of the version that is changed",
        "schema": {"type": "string"},
    }
]
NEW: list[dict[str, Any]] = [
    {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*`: the rule is to be a new one",
        "schema": {"type": "string"},
    }
]


@router.get("/rules", response_model=RulesOut, dependencies=VIEWERS, responses=PROBLEMS)
async def list_rules(
    request: Request,
    status: RuleStatus | None = None,
    author: str | None = None,
    managed: bool | None = None,
    retired: bool = False,
    words: Words = None,
    limit: Limit = 100,
    cursor: str = "",
) -> Response:
    """Return published rules in the order of their slugs, each with what is wrong with it by now."""
    service = service_of(request)
    wanted = RuleFilter(status and str(status), author, managed, retired, words)

    def answer() -> Response:
        page = service.store.shelf.page(wanted, after=cursor, limit=limit + 1)
        rules = [version.as_dict() | {"problems": problems_of(service.rules, version)} for version in page[:limit]]
        return as_json({"rules": rules, "cursor": page[limit - 1].slug if len(page) > limit else None})

    return await run_in_threadpool(answer)


@router.get(
    "/rules/export",
    dependencies=VIEWERS,
    responses=PROBLEMS | {200: {"content": {YAML[0]: {"schema": {"type": "string"}}}}},
)
async def export_rules(request: Request) -> Response:
    """Return the rules that come from no files, as one file of YAML."""
    text = await run_in_threadpool(lambda: exported(service_of(request).store.shelf))
    return Response(text, media_type=YAML[0], headers={"Cache-Control": "no-store"})


@router.post(
    "/rules/validate", response_model=ValidationOut, openapi_extra=TEXT, dependencies=VIEWERS, responses=PROBLEMS
)
async def validate_rule(
    request: Request,
    slug: Annotated[str | None, Query(description="the name that it is to have; else its own")] = None,
) -> Response:
    """Say what is wrong with a rule's text, beside all the rules that are published; nothing is stored."""
    service = service_of(request)
    if slug is not None:
        check_name(slug)
    with service.door.passing() as count:
        text = (await rule_of(request, count)).text
        draft, findings = await _work(service, lambda publisher: publisher.validate(text, slug))
    named = {name: getattr(draft, name, None) for name in ("slug", "title", "status", "author")}
    return as_json(named | {"findings": findings_of(findings)})


@router.get("/rules/{slug}", response_model=RuleDetailOut, dependencies=VIEWERS, responses=PROBLEMS)
async def get_rule(request: Request, slug: str) -> Response:
    """Return a published rule; the `ETag` is what a change of it sends as `If-Match`."""
    service = service_of(request)
    version = await run_in_threadpool(service.store.shelf.latest, slug)
    if version.draft.retired:
        raise NotFoundError(f"rule '{slug}' was retired; its versions are at /v1/rules/{slug}/versions")
    if service.rules.of(version.rule_file) is None:
        await run_in_threadpool(service.published.look)
    return detail(service.rules, version)


@router.put(
    "/rules/{slug}",
    response_model=RuleDetailOut,
    openapi_extra=TEXT | {"parameters": SEEN + NEW},
    responses=WRITE_PROBLEMS | {201: {"model": RuleDetailOut, "description": "a new rule"}},
)
async def put_rule(request: Request, caller: Author, slug: str, why: Why = None) -> Response:
    """Publish a rule: a new one with `If-None-Match: *`, a change with `If-Match` and the ETag of what is changed.

    It is judged by from the next batch on; other services on the same database follow within seconds.
    """
    service = service_of(request)
    by = signature(caller, slug)
    seen = seen_by(request)
    with service.door.passing() as count:
        rule = await rule_of(request, count)
    by = Signature(by.who, reason(rule.why or why))
    version = await _change(
        *(service, caller, ("publish", "rule", slug)),
        lambda publisher: publisher.put(slug, rule.text, seen, by),
    )
    return detail(service.rules, version, 201 if seen is None else 200)


@router.delete(
    "/rules/{slug}", response_model=RuleTextOut, openapi_extra={"parameters": SEEN}, responses=WRITE_PROBLEMS
)
async def retire_rule(request: Request, caller: Author, slug: str, why: Why = None) -> Response:
    """Take a rule out of use; its versions stay, and one of them can be restored."""
    service = service_of(request)
    by, seen = signature(caller, slug, why), seen_version(request)
    work = _change(service, caller, ("retire", "rule", slug), lambda publisher: publisher.retire(slug, seen, by))
    return with_text(await work)


@router.get("/rules/{slug}/versions", response_model=RuleVersionsOut, dependencies=VIEWERS, responses=PROBLEMS)
async def list_versions(
    request: Request,
    slug: str,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Return all versions of a rule, newest first; also of a retired one."""
    shelf = service_of(request).store.shelf
    found = await run_in_threadpool(lambda: shelf.history(slug, before=cursor, limit=limit + 1))
    following = str(found[limit - 1].number) if len(found) > limit else None
    return as_json({"versions": [version.as_dict() for version in found[:limit]], "cursor": following})


@router.get("/rules/{slug}/versions/{number}", response_model=RuleTextOut, dependencies=VIEWERS, responses=PROBLEMS)
async def get_version(request: Request, slug: str, number: Number) -> Response:
    """Return one version of a rule."""
    return with_text(await run_in_threadpool(service_of(request).store.shelf.version, slug, number))


@router.post(
    "/rules/{slug}/restore",
    response_model=RuleDetailOut,
    openapi_extra=RESTORE | {"parameters": SEEN},
    responses=WRITE_PROBLEMS,
)
async def restore_rule(request: Request, caller: Author, slug: str) -> Response:
    """Publish the text of an earlier version again, as a new version; also of a rule that was retired."""
    service = service_of(request)
    by, seen = signature(caller, slug), seen_version(request)
    with service.door.passing() as count:
        said = shaped(RestoreIn, await body_of(request, count, most=MIB))
    by = Signature(by.who, reason(said.why or f"version {said.version} again"))
    change = ("restore", "rule", slug)
    version = await _change(service, caller, change, lambda shelf: shelf.restore(slug, said.version, seen, by))
    return detail(service.rules, version)


def seen_version(request: Request) -> int:
    """Return the number of the version that a request changes; it makes no new rule."""
    seen = seen_by(request)
    if seen is None:
        raise UnseenError("say what you change: 'If-Match' with the ETag of the rule as you saw it")
    return seen


async def _work(service: Service, work: Callable[[Publisher], Result]) -> Result:
    return await run_in_threadpool(service.published.work, work)


async def _change(service: Service, caller: Caller, what: What, work: Callable[[Publisher], Result]) -> Result:
    return await run_in_threadpool(change_rules, service, caller, what, work)
