"""Publishing: rules are loaded beside all the others, and go on the shelf when nothing is wrong with any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from engine.errors import ConflictError, Located, NotFoundError, RulesError
from engine.people import Directory
from engine.ports import Clock
from engine.program import DEFINE, Program, RuleFile
from engine.rules.load import LoadedRules, load_rules
from engine.shelf.candidate import Candidate
from engine.shelf.checks import check_names, check_seen, named_in
from engine.shelf.folder import folder_drafts, left
from engine.shelf.setting import SettingVersion
from engine.shelf.setup import Key, Settings
from engine.shelf.signature import Pushed as Pushed
from engine.shelf.signature import Signature as Signature
from engine.shelf.version import DEFINITIONS, RuleDraft, RuleVersion, definitions_draft, rule_draft
from engine.shelf.view import ShelfView
from engine.store.shelf import Shelf

MOST_RULES = 10_000
MOST_RACES = 50


class Publisher:
    """Puts rules on a shelf, one change after the other.

    It belongs to one thread at a time.

    Parameters
    ----------
    shelf
        Where they go.
    rules
        The program and the label trees that they are loaded under. Rules that are loaded already are not loaded again.
    clock
        Tells when they are published.
    environment
        Where published receivers look up ``${NAME}``; by default the process's.
    directory
        Returns the people whom published routes may name.

    Attributes
    ----------
    rules
        The rules of the shelf, under the receivers and routes in force, as they were at the last look.
    setup
        These receivers and routes.
    """

    def __init__(
        self,
        shelf: Shelf,
        rules: LoadedRules,
        clock: Clock,
        environment: Mapping[str, str] | None = None,
        directory: Callable[[], Directory] | None = None,
    ) -> None:
        self._shelf = shelf
        self._view = ShelfView(shelf)
        self._clock = clock
        self.settings = Settings(rules.program, os.environ if environment is None else environment, directory)
        self.setup = self.settings.setup({})
        # What a change was tried with is what it makes, unless somebody else changes something too.
        self._tried: LoadedRules | None = None
        self.rules = rules

    def look(self) -> LoadedRules:
        """Load what the shelf holds now, as far as it is not loaded already."""
        before = self._view.settings
        self._view.look()
        if self._view.settings is not before:
            self.setup = self.settings.setup({key: one.draft for key, one in self._view.settings.items()})
        program = replace(self.setup.program, rule_files=self._view.rule_files)
        if self.rules.program != program:
            self.rules = self._loaded(program)
        return self.rules

    @property
    def versions(self) -> Mapping[Key, SettingVersion]:
        """The latest versions of receivers and routes, as they were at the last look."""
        return self._view.settings

    def put(self, slug: str, text: str, seen: int | None, by: Signature) -> RuleVersion:
        """Publish a rule that belongs to no folder.

        Parameters
        ----------
        slug
            Its name, which its text says too.
        text
            One document of YAML.
        seen
            The number of the version that is changed; None when there is to be none yet.

        Returns
        -------
        RuleVersion
            The version that counts now; when the text is the same as before, that is the one before.

        Raises
        ------
        StaleError
            If there is another version than the one seen.
        ManagedError
            If the rule comes from files.
        RulesError
            With every error of the text, and every rule that the change would break.
        ConflictError
            If the shelf is full.
        """

        def plan() -> list[RuleDraft]:
            before = self._view.live.get(slug)
            check_seen(f"rule '{slug}'", before, seen)
            return [] if before is not None and before.draft.text == text else [self._checked(slug, text).draft]

        self._publish(plan, by)
        return self._shelf.latest(slug)

    def restore(self, slug: str, number: int, seen: int, by: Signature) -> RuleVersion:
        """Publish the text of an earlier version again, also of a rule that was retired.

        Raises
        ------
        NotFoundError
            If there is no such version.
        StaleError, ManagedError, RulesError, ConflictError
            As for `put`.
        """
        text = self._shelf.version(slug, number).draft.text

        def plan() -> list[RuleDraft]:
            latest = self._shelf.latest(slug)
            if latest.draft.retired:
                latest = replace(latest, draft=replace(latest.draft, managed=False))
            check_seen(f"rule '{slug}'", latest, seen)
            same = latest.draft.text == text and not latest.draft.retired
            return [] if same else [self._checked(slug, text).draft]

        self._publish(plan, by)
        return self._shelf.latest(slug)

    def retire(self, slug: str, seen: int, by: Signature) -> RuleVersion:
        """Take a rule that belongs to no folder out of use; its versions stay.

        Raises
        ------
        NotFoundError
            If there is no such rule, or it is retired already.
        StaleError, ManagedError
            As for `put`.
        RulesError
            If other rules would break.
        """

        def plan() -> list[RuleDraft]:
            before = self._view.live.get(slug)
            if before is None:
                raise NotFoundError(f"there is no published rule '{slug[:100]}'")
            check_seen(f"rule '{slug}'", before, seen)
            file = before.rule_file
            self._refuse(self._with({slug: None}), file.name)
            return [replace(before.draft, retired=True)]

        self._publish(plan, by)
        return self._shelf.latest(slug)

    def validate(self, text: str, slug: str | None = None) -> tuple[RuleDraft | None, tuple[Located, ...]]:
        """Return what a text would be published as, and all that is wrong with it; nothing is published.

        Parameters
        ----------
        slug
            The name that it is to have; None is its own.
        """
        try:
            found = self.candidate(text, slug)
        except RulesError as problem:
            return None, tuple(problem.findings)
        return found.draft, found.findings

    def candidate(self, text: str, slug: str | None = None) -> Candidate:
        """Return a text as it would be published, beside all the other rules; nothing is published.

        Parameters
        ----------
        slug
            The name that it is to have; None is its own.

        Raises
        ------
        RulesError
            With every error of the text, and every rule that it would break.
        """
        self.look()
        return self._checked(slug or named_in(text) or "rule", text)

    def push(self, folder: LoadedRules, by: Signature, *, leniently: bool = False) -> Pushed:
        """Publish a folder's rules as managed ones: what changed is published, what left the folder is retired.

        A rule of the same name that was made over HTTP is taken over: it belongs to the folder from now on.

        Parameters
        ----------
        folder
            Its rules, loaded.
        leniently
            Whether the good rules of a folder with errors are published; of its other rules the versions before stay.

        Raises
        ------
        RulesError
            With every error of the folder, and every rule made over HTTP that would break, unless `leniently`.
        ConflictError
            If the shelf would hold too many rules.
        """
        if folder.errors and not leniently:
            raise RulesError(list(folder.errors))
        pushed = Pushed()

        def plan() -> list[RuleDraft]:
            nonlocal pushed
            wanted, live = folder_drafts(folder), self._view.live
            changed = [draft for draft in wanted if draft.slug not in live or live[draft.slug].draft != draft]
            gone = left(folder, wanted, live)
            if not leniently:
                files = {draft.slug: draft.rule_file for draft in changed}
                candidate = self._with({**files, **dict.fromkeys(draft.slug for draft in gone)})
                self._refuse(candidate, *(file.name for file in files.values()))
            taken = [one.slug for one in changed if one.slug in live and not live[one.slug].draft.managed]
            pushed = Pushed(tuple(one.slug for one in changed), tuple(taken), tuple(one.slug for one in gone))
            return [*changed, *(replace(draft, retired=True) for draft in gone)]

        self._publish(plan, by)
        return pushed

    def _publish(self, plan: Callable[[], Sequence[RuleDraft]], by: Signature) -> None:
        def publish(revision: int, now: datetime) -> bool:
            drafts = plan()
            self._check_room(drafts)
            return not drafts or self._shelf.publish(drafts, revision, who=by.who, why=by.why, at=now)

        self.race(publish)

    def race(self, publish: Callable[[int, datetime], bool]) -> None:
        """Look, and publish; when somebody else was faster, look at what they did and try again.

        Parameters
        ----------
        publish
            Plans what to publish and publishes it, unless the shelf stands at another revision by now.
        """
        for _ in range(MOST_RACES):
            self.look()
            if publish(self._view.revision, self._clock.now()):
                self.look()
                return
        raise ConflictError("others keep changing what is published; send it again")

    def _check_room(self, drafts: Sequence[RuleDraft]) -> None:
        before = set(self._view.live) - {DEFINITIONS}
        after = {draft.slug for draft in drafts if not draft.retired} - {DEFINITIONS}
        after |= before - {draft.slug for draft in drafts}
        if len(after) > max(MOST_RULES, len(before)):
            raise ConflictError(
                f"at most {MOST_RULES:,} rules can be published, and this would make {len(after):,}; retire some first"
            )

    def _checked(self, slug: str, text: str) -> Candidate:
        """Return what a text is to become.

        Raises
        ------
        RulesError
            With every error of the text, and every rule that it would break.
        """
        file = RuleFile(DEFINE if slug == DEFINITIONS else f"{slug}.yaml", text)
        candidate = self._with({slug: file})
        if slug == DEFINITIONS:
            self._refuse(candidate, file.name)
            return Candidate(definitions_draft(text), candidate)
        alone = candidate.files[file.name]
        if not any(finding.level == "error" for finding in alone.findings):
            check_names(slug, alone.rules, file.name)
        self._refuse(candidate, file.name)
        return Candidate(rule_draft(alone.rules[0], file.name, text), candidate)

    def _refuse(self, candidate: LoadedRules, *changed: str) -> None:
        """Refuse rules with errors, in what is changed or in what was good before."""
        before, own = set(self.rules.errors), set(changed)
        errors = [one for one in candidate.errors if one.file in own or one not in before]
        if not errors:
            return
        findings = [one for one in candidate.findings if one.file in own]
        broken = [one for one in errors if one.file not in own]
        if len(own) == 1:
            said = "this breaks {0.file}:{0.line}:{0.column}: {0.message}"
            broken = [Located(changed[0], 1, 1, said.format(one)) for one in broken]
        raise RulesError([*findings, *broken])

    def _with(self, changes: Mapping[str, RuleFile | None]) -> LoadedRules:
        """Load the shelf's rules with some of them changed, or taken out."""
        files: dict[str, RuleFile | None] = {slug: version.rule_file for slug, version in self._view.live.items()}
        files |= changes
        rule_files = tuple(file for _, file in sorted(files.items()) if file is not None)
        return self.under(replace(self.setup.program, rule_files=rule_files))

    def under(self, program: Program) -> LoadedRules:
        """Try a program: its rules, as they would load under its receivers and routes."""
        self._tried = self._loaded(program)
        return self._tried

    def _loaded(self, program: Program) -> LoadedRules:
        taxonomy, tried = self.rules.taxonomy, self._tried
        if tried is not None and tried.program == program and tried.suits(program, taxonomy):
            return tried
        return load_rules(program, taxonomy, self.rules)
