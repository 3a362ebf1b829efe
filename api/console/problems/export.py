"""Problems as files, with links that lead back: the list, the alerts of one, and the customers behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.addresses import PROBLEMS, alert_path, base_of, feedback_path, problem_path
from api.auth import Caller, check_role
from api.console.asked import address
from api.console.context import caller_of
from api.console.desk import Desk
from api.console.inbox.looking import Entry, entries_of
from api.console.problems.asking import Asking, asking_of
from api.console.problems.rates import Rates
from api.customers import pieces, spooled
from api.exporting import note_export
from api.runtime import Service
from api.tables import table_text
from engine.alerts.problem import Problem
from engine.alerts.rates import RateChange
from engine.errors import ForbiddenError, HeedfulError, NotFoundError
from engine.scope import READERS
from engine.store.alert_filter import AlertFilter
from engine.store.problem_pages import ProblemSort

ROUTER = APIRouter()
# Each has a rate, that may have to be counted.
MOST_PROBLEMS = 500
MOST_ALERTS = 10_000
AT_ONCE = 500
Row = Mapping[str, Any]


def list_address(params: list[tuple[str, str]]) -> str:
    """Return where the file of a list of problems is."""
    return address(f"{PROBLEMS}/export.csv", [one for one in params if one[0] != "after"])


def alerts_address(problem_id: str) -> str:
    """Return where the file of the alerts of a problem is."""
    return f"{problem_path(problem_id)}/alerts.csv"


def customers_address(problem_id: str) -> str:
    """Return where the file of the customers behind a problem is."""
    return f"{problem_path(problem_id)}/customers.csv"


@ROUTER.get(f"{PROBLEMS}/export.csv")
async def export(request: Request) -> Response:
    """Send the problems that the address asks for, the open ones first, with the rates of their topics."""
    asking, desk = asking_of(request.query_params.multi_items()), request.state.desk
    rates = desk.kept(Rates)
    work = lambda service, caller, base: _problems(service, caller, asking, base, rates)  # noqa: E731
    return await _sent(request, ("problems", "list"), work)


@ROUTER.get(f"{PROBLEMS}/{{problem_id}}/alerts.csv")
async def export_alerts(request: Request, problem_id: str) -> Response:
    """Send the alerts of a problem, the newest first, with what was said."""
    work = lambda service, caller, base: _alerts(service, caller, problem_id, base)  # noqa: E731
    return await _sent(request, ("alerts of problem", problem_id), work)


@ROUTER.get(f"{PROBLEMS}/{{problem_id}}/customers.csv")
async def export_customers(request: Request, problem_id: str) -> Response:
    """Send the customers behind a problem, one a line, as `heedful problems export` writes them."""
    try:
        service, caller, base = _asked(request)
        rows = service.store.problems.customers(problem_id, caller.scope)
        file = await run_in_threadpool(lambda: spooled(rows, problem_id, as_csv=True, base=base))
        await note_export(service, caller, "customers of problem", problem_id, ())
    except HeedfulError as problem:
        return _refused(problem)
    return StreamingResponse(pieces(file), media_type="text/csv", headers=_headers("customers"))


async def _sent(
    request: Request, of: tuple[str, str], rows: Callable[[Service, Caller, str], Iterator[Row]]
) -> Response:
    """Send a table, once it is on record what it is of: its kind, and which."""
    try:
        service, caller, base = _asked(request)
        text = await run_in_threadpool(lambda: table_text(rows(service, caller, base)))
        await note_export(service, caller, *of, request.query_params.multi_items())
    except HeedfulError as problem:
        return _refused(problem)
    return Response(text.encode("utf-8", "replace"), media_type="text/csv", headers=_headers(of[0].partition(" ")[0]))


def _asked(request: Request) -> tuple[Service, Caller, str]:
    """Return what is asked, by whom, and what stands before the paths that lead back."""
    desk: Desk = request.state.desk
    caller = caller_of(request.state.signed_in.account)
    check_role(caller, READERS)
    return desk.service, caller, base_of(desk.service.settings, request.base_url)


def _headers(name: str) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}.csv"'}


def _refused(problem: HeedfulError) -> Response:
    status = 403 if isinstance(problem, ForbiddenError) else 404 if isinstance(problem, NotFoundError) else 422
    return PlainTextResponse(str(problem), status)


def _problems(service: Service, caller: Caller, asking: Asking, base: str, rates: Rates) -> Iterator[Row]:
    page = service.store.problems.page(
        asking.wanted, sort=ProblemSort.OPEN_FIRST, limit=MOST_PROBLEMS, scope=caller.scope
    )
    for one in page.problems:
        rate = rates.of(one)
        yield _problem(one, base) | {"alerts": page.linked.get(one.id, 0)} | (_rate(rate) if rate else {})


def _problem(one: Problem, base: str) -> dict[str, Any]:
    told = {name: value for name, value in one.as_dict().items() if name not in ("inhibits", "version")}
    return {"id": one.id, "link": base + problem_path(one.id), **told}


def _rate(rate: RateChange) -> dict[str, Any]:
    told = rate.as_dict()
    ends = {"before": told["before"], "since": told["after"]}
    shares = {
        f"{end}.{name}": one[name] for end, one in ends.items() for name in ("share", "low", "high", "count", "of")
    }
    return shares | {"trend": told["trend"]}


def _alerts(service: Service, caller: Caller, problem_id: str, base: str) -> Iterator[Row]:
    problem = service.store.problems.get(problem_id, caller.scope)
    wanted, cursor = AlertFilter(problem=problem.id), None
    for _ in range(MOST_ALERTS // AT_ONCE):
        page = service.store.alerts.page(wanted, limit=AT_ONCE, cursor=cursor, scope=caller.scope)
        yield from (_alert(one, problem, base) for one in entries_of(service, caller, page.alerts))
        if (cursor := page.cursor) is None:
            return


def _alert(entry: Entry, problem: Problem, base: str) -> Row:
    alert, feedback = entry.alert, entry.feedback
    named = (
        "kind",
        "rule",
        "title",
        "severity",
        "state",
        "customer",
        "unit",
        "holder",
        "root_cause",
        "remedy",
        "verdict",
    )
    found: dict[str, Any] = {
        "id": alert.id,
        "link": base + alert_path(alert.id),
        "opened_at": alert.opened_at.isoformat(),
    }
    found |= {name: getattr(alert, name) for name in named}
    found |= {"text": feedback.text if feedback else None}
    about = base + feedback_path(*feedback.key) if feedback else None
    return found | {"feedback_link": about, "problem": problem.title, "problem_link": base + problem_path(problem.id)}
