"""Where the pages of the console are: for links on pages, and for those that lead back from a file."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from api.settings import Settings

PROBLEMS = "/problems"


def alert_path(alert_id: str, queue: str = "") -> str:
    """Return the address of an alert, with the queue that it is looked at in."""
    return f"/alerts/{quote(alert_id, safe='')}" + (f"?queue={quote(queue, safe='')}" if queue else "")


def feedback_path(source: str, feedback_id: str) -> str:
    """Return the address of a feedback."""
    return f"/feedback/{quote(source, safe='')}/{quote(feedback_id, safe='')}"


def behind_path(alert_id: str) -> str:
    """Return the address of the search that finds what stands behind an alert or a signal."""
    return f"/feedback?{urlencode({'behind': alert_id})}"


def problem_path(problem_id: str) -> str:
    """Return the address of a problem."""
    return f"{PROBLEMS}/{quote(problem_id, safe='')}"


def base_of(settings: Settings, asked: object = "") -> str:
    """Return what stands before the path of a page in a file, which is read elsewhere.

    Parameters
    ----------
    asked
        By which address the service was reached, where it has not been told its own; empty leaves links without a host.
    """
    return (settings.public_url or str(asked)).rstrip("/")
