"""Publishing receivers and routes: tried beside all rules and each other, and on the shelf when nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.delivery.published import wrong_place
from engine.errors import ConflictError, Located, ManagedSettingError, NotFoundError, SetupError
from engine.program import OPERATORS, Program
from engine.program_files import SLUG
from engine.shelf.checks import check_seen
from engine.shelf.naming import named_by, told_by
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion
from engine.shelf.setting_texts import canonical
from engine.shelf.setup import Key
from engine.shelf.signature import Pushed, Signature
from engine.store.setting_versions import SettingVersions

MOST_RECEIVERS = 500
PUSH = {SettingKind.RECEIVER: "heedful receivers push", SettingKind.ROUTES: "heedful routes push"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What a text came to: the program with it in force, and the warnings about it."""

    program: Program
    findings: tuple[Located, ...] = ()


class SettingPublisher:
    """Puts receivers and routes on a shelf, one change after the other.

    Parameters
    ----------
    publisher
        Publishes the rules of the same shelf: each change is tried beside all that is there.
    rows
        The store's side.
    """

    def __init__(self, publisher: Publisher, rows: SettingVersions) -> None:
        self._publisher = publisher
        self._rows = rows

    def put(self, draft: SettingDraft, seen: int | None, by: Signature) -> SettingVersion:
        """Publish a receiver, or the routes.

        Parameters
        ----------
        seen
            The number of the version that is changed; None when there is to be none yet.

        Returns
        -------
        SettingVersion
            The version that counts now; when the text says the same as before, that is the one before.

        Raises
        ------
        StaleError
            If there is another version than the one seen.
        ManagedError
            If it stands in a file.
        SetupError
            With every error of the text, and everything that the change would break.
        ConflictError
            If there are too many receivers.
        """

        def plan() -> list[SettingDraft]:
            self._check_free(draft)
            before = self._live(draft.key)
            check_seen(draft.said, before, seen, push=PUSH[draft.kind])
            if before is not None and before.draft.text == draft.text:
                return []
            self._try([draft])
            new = canonical(draft)
            return [] if before is not None and before.draft.text == new.text else [new]

        self._publish(plan, by)
        return self._rows.latest(draft.key)

    def restore(self, key: Key, number: int, seen: int, by: Signature) -> SettingVersion:
        """Publish the text of an earlier version again, also of a receiver that was retired.

        Raises
        ------
        NotFoundError
            If there is no such version.
        StaleError, ManagedError, SetupError, ConflictError
            As for `put`.
        """
        kind, name = key
        draft = SettingDraft(kind, name, self._rows.version(key, number).draft.text)

        def plan() -> list[SettingDraft]:
            self._check_free(draft)
            latest = self._rows.latest(key)
            if latest.draft.retired:
                latest = replace(latest, draft=replace(latest.draft, managed=False))
            check_seen(draft.said, latest, seen, push=PUSH[kind])
            if latest.draft.text == draft.text and not latest.draft.retired:
                return []
            self._try([draft])
            return [draft]

        self._publish(plan, by)
        return self._rows.latest(key)

    def retire(self, name: str, seen: int, by: Signature) -> SettingVersion:
        """Take a receiver out of use: what waits for it goes to its fallback, else to the operators.

        Raises
        ------
        NotFoundError
            If there is no such receiver, or it is retired already.
        StaleError, ManagedError
            As for `put`.
        ConflictError
            If something still sends there.
        """
        key = (SettingKind.RECEIVER, name)

        def plan() -> list[SettingDraft]:
            before = self._live(key)
            if before is None:
                raise NotFoundError(f"there is no published receiver '{name[:100]}'")
            check_seen(before.draft.said, before, seen, push=PUSH[before.draft.kind])
            self._check_unnamed([name])
            retired = replace(before.draft, retired=True)
            self._try([retired])
            return [retired]

        self._publish(plan, by)
        return self._rows.latest(key)

    def push(self, drafts: Sequence[SettingDraft], kind: SettingKind, by: Signature) -> Pushed:
        """Publish what a file has as managed: what changed is published, what left the file is retired.

        A receiver of the same name that was made in the console is taken over: it belongs to the file from now on.

        Parameters
        ----------
        drafts
            All that the file has of that kind.

        Raises
        ------
        SetupError, ConflictError, ManagedError
            As for `put` and `retire`.
        """
        wanted = {one.key: canonical(one) for one in drafts}
        pushed = Pushed()

        def plan() -> list[SettingDraft]:
            nonlocal pushed
            for one in drafts:
                self._check_free(one)
            live = {key: one for key, one in self._publisher.versions.items() if not one.draft.retired}
            changed = [one for key, one in wanted.items() if key not in live or live[key].draft != one]
            managed = [one.draft for one in live.values() if one.draft.managed and one.draft.kind is kind]
            gone = [replace(one, retired=True) for one in managed if one.key not in wanted]
            self._check_unnamed([one.name for one in gone if kind is SettingKind.RECEIVER])
            # As they are written, so that errors stand at the lines of the file.
            as_written = [one for one in drafts if wanted[one.key] in changed]
            self._try([*as_written, *gone])
            taken = [one.name for one in changed if one.key in live and not live[one.key].draft.managed]
            names = tuple(one.name for one in changed), tuple(taken), tuple(one.name for one in gone)
            pushed = Pushed(*names)
            return [*changed, *gone]

        self._publish(plan, by)
        return pushed

    def tried(self, draft: SettingDraft) -> Tried:
        """Return what a text would come to, beside all that is published; nothing is published.

        Raises
        ------
        SetupError, ManagedError
            As for `put`.
        """
        self._publisher.look()
        self._check_free(draft)
        return self._try([draft])

    def latest(self, key: Key) -> SettingVersion:
        """Return the latest version, also of what is retired.

        Raises
        ------
        NotFoundError
            If nothing of that name was ever published.
        """
        return self._rows.latest(key)

    def _live(self, key: Key) -> SettingVersion | None:
        found = self._publisher.versions.get(key)
        return None if found is None or found.draft.retired else found

    def _publish(self, plan: Callable[[], Sequence[SettingDraft]], by: Signature) -> None:
        def publish(revision: int, now: datetime) -> bool:
            drafts = plan()
            return not drafts or self._rows.publish(drafts, revision, who=by.who, why=by.why, at=now)

        self._publisher.race(publish)

    def _check_free(self, draft: SettingDraft) -> None:
        """Refuse what stands in a file of the program, and names that cannot be."""
        file = self._publisher.settings.in_file(draft.key)
        if file is not None:
            raise ManagedSettingError(f"{draft.said} stands in {file}: change it there")
        if draft.kind is SettingKind.RECEIVER and not SLUG.match(draft.name):
            raise ConflictError("a receiver's name has lower-case letters, digits and - only, at most 100")

    def _check_unnamed(self, names: Sequence[str]) -> None:
        """Refuse to retire what something still sends to; the operators are always there."""
        publisher = self._publisher
        for name in names:
            if name == OPERATORS or publisher.settings.in_file((SettingKind.RECEIVER, name)) is not None:
                continue
            found = named_by(name, publisher.setup.program, publisher.rules.rules)
            if found:
                more = f" and {len(found) - 5} more" if len(found) > 5 else ""
                raise ConflictError(
                    f"receiver '{name}' is still sent to by {', '.join(found[:5])}{more}; change that first"
                )

    def _try(self, drafts: Sequence[SettingDraft]) -> Tried:
        """Return what drafts come to; refuse errors in them, and whatever they would break.

        Raises
        ------
        SetupError
            With all of them.
        """
        publisher = self._publisher
        strict = any(one.kind is SettingKind.ROUTES for one in drafts)
        after = publisher.settings.setup({**publisher.setup.drafts, **{one.key: one for one in drafts}}, strict=strict)
        own = {one.file for one in drafts}
        found = [one for one in after.findings if one.file in own]
        for draft in drafts:
            if draft.kind is SettingKind.RECEIVER and not draft.retired:
                found += self._wrong(draft, after.program)
        rules = publisher.under(replace(after.program, rule_files=publisher.rules.program.rule_files))
        known = {*publisher.setup.errors, *publisher.rules.errors}
        others = (*(one for one in after.errors if one.file not in own), *rules.errors)
        broken = [one for one in others if one not in known]
        if broken or any(one.level == "error" for one in found):
            said = "this breaks {0.file}:{0.line}:{0.column}: {0.message}"
            raise SetupError([*found, *(Located(drafts[0].file, 1, 1, said.format(one)) for one in broken)])
        return Tried(after.program, tuple(found))

    def _wrong(self, draft: SettingDraft, program: Program) -> list[Located]:
        """Return what is wrong with a receiver that its text alone does not show."""
        spec, name = program.receivers[draft.name], draft.name
        said: list[str] = []
        receivers = [one for kind, one in self._publisher.versions if kind is SettingKind.RECEIVER]
        if name not in receivers and len(receivers) >= MOST_RECEIVERS:
            raise ConflictError(f"at most {MOST_RECEIVERS} receivers can be published")
        if any(person.id == name for person in self._publisher.settings.people):
            said.append(f"'{name}' is the id of a person; a receiver needs another name")
        place = wrong_place(spec) if spec.problem is None else None
        if place is not None:
            said.append(place)
        if not spec.is_channel:
            told = told_by(name, program, self._publisher.rules.rules)
            what = "writes to customers" if spec.to_customer else "needs an address"
            said += [f"it {what}, and {one} sends alerts there" for one in told[:5]]
        return [Located(draft.file, 1, 1, one) for one in said]
