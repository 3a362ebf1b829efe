"""The console: pages for people, at `/` of the service.

How to write a page
-------------------
A page is a module of `api.console.pages`. It is found by itself; nothing else is registered anywhere::

    PAGE = Page("/silences", "Silences", roles=JUDGES, icon="notifications_off", place=8)

    async def page(context: Context, ended: bool = False) -> None:
        ...

``place`` is its place in the navigation (1 inbox, 2 problems, 3 feedback, 4 rules, 5 insights, 6 models, 7 settings);
a page that is reached from another has none, and names that one in ``under``. Parameters after ``context`` come from
the address: ``{alert_id}`` of the path, everything else of the query. The header, the navigation, the title, and what
is shown when the page raises an error are drawn around it. Split a page that grows: helpers live beside it in a package
of their own name, such as `api/console/rules/`.

- **Data.** Read with ``await context.read(lambda: ...)``, change with ``await context.write(lambda: ..., JUDGES,
  audited=("add", "silence", id))``. They run in threads, see that the session still holds, check the role, and write
  the audit entry in the transaction of the change. Inside, call what the API calls, with ``context.caller`` and its
  scope: the store's functions, or the shared ones (`api.alert_listing.alerts_of`, `api.alert_changing.change_alerts`).
  Where a route has logic that you need, move it into such a function and let both call it. There is no second way into
  the data, and what a role may not do is refused on the server, whatever the page shows.
- **Files.** A page that gives files has a ``ROUTER`` with their routes beside its ``PAGE``: they are behind the same
  sign-in, and find ``request.state.desk`` and ``request.state.signed_in`` (`api.console.feedback.export`).
- **Events.** Wrap every handler in ``context.doing``: errors are said on the page in plain words, and nothing else
  happens. ``say_done`` says that something was done.
- **News.** ``context.follow(refresh, Topic.ALERTS)`` runs ``refresh`` when something changed, at most once a second.
  Give ``context.read`` a ``key`` there: pages that ask the same share one answer. Bring lists up to date with
  `look.Listed`, which sends only what changed. No timers that ask the store.
- **Looks.** Use `look`: ``words``, ``link``, ``section``, ``severity``, ``label_chip``, ``highlighted``, ``moment``,
  ``nothing_here``, ``went_wrong``, ``busy``, ``button``, ``Listed``, and the classes of `static/console.css` (there is
  no Tailwind; its compiler would run in every browser). Colours come from `palette` only, as variables, and hold in
  both modes. Times go through ``look.moment``: they are shown in the viewer's zone and count by themselves.
- **Many small parts** that are only shown, such as the rows of a list, are built of `drawn.part` and shown by
  ``drawn.drawn``: the browser makes them, and the page keeps one element instead of twenty a row. What is clicked there
  is a link, or is told by the page's own script.
- **Customers' words** go into ``look.words``, ``look.highlighted``, ``drawn.part``, ``ui.label`` or a value of
  ``element.props[...]``; never into `ui.html`, `ui.markdown`, a string for ``.props(...)`` or ``.style(...)``,
  JavaScript, or a key that begins with a colon, which NiceGUI evaluates.
- **What was said, whole**, is a ``verbatim.Verbatim`` of what ``verbatim.prepared`` made in a thread: turns, sentences
  in the colours of their labels, evidence, and what was removed.
- **Lists** page on the server, and a first page asks for no more than it shows.
- **Everybody.** Every control has a name (text, or ``aria-label``), every field a label; everything works by keyboard,
  at 390 pixels, and in both modes. `tests/console` has what checks it: ``tests.console.browsing``.

A page is tested in a real browser: the fixture ``console`` serves one on a port of its own, ``console.sign_in(...)``
returns a signed-in Playwright page.

The console is one process: each keeps the pages that are open in it. Several behind a proxy need sticky sessions.
"""
