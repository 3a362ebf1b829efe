"""Loading rules: files of strict YAML become rules, and every error is reported at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from engine.alerts.severity import Severity
from engine.errors import Located
from engine.fields import as_map, check_keys, choice_of, duration_of, flag_of, share_of, text_of
from engine.located import Findings, Node, StopReadingError, parse
from engine.names import show, unknown
from engine.program import OPERATORS, Program, RuleFile
from engine.program_folder import SLUG
from engine.rules.condition_loader import ConditionLoader
from engine.rules.conditions import All, Condition
from engine.rules.definition_loader import is_definitions, load_definitions
from engine.rules.definitions import Definition, Definitions
from engine.rules.example import Example
from engine.rules.example_loader import ExampleLoader
from engine.rules.lint import lint
from engine.rules.phrases import phrases_of
from engine.rules.rule import Cooldown, IfUnsure, Rule, RuleStatus
from engine.rules.size import size_of
from engine.rules.window import Window
from engine.rules.window_loader import RuleReference, WindowLoader, split_windows
from engine.taxonomy import Taxonomy

RULE_KEYS = ("rule", "title", "author", "status", "must_not_lose", "when", "if_unsure", "then", "examples")
THEN_KEYS = ("severity", "send_to", "cooldown", "take")
LIVE_EXAMPLES = 3


@dataclass(frozen=True)
class LoadedRules:
    """The rules that loaded, and what was wrong with the others.

    Parameters
    ----------
    rules
        Good rules, in the order of files and documents.
    findings
        Errors and warnings.
    program, taxonomy
        Under which they were loaded.
    """

    rules: tuple[Rule, ...]
    findings: tuple[Located, ...]
    program: Program
    taxonomy: Taxonomy

    @property
    def errors(self) -> tuple[Located, ...]:
        """The findings that are errors."""
        return tuple(one for one in self.findings if one.level == "error")

    @cached_property
    def evaluated(self) -> tuple[Rule, ...]:
        """The rules that are evaluated: those that are live or shadow."""
        return tuple(rule for rule in self.rules if rule.status in (RuleStatus.LIVE, RuleStatus.SHADOW))

    @cached_property
    def windowed(self) -> tuple[Rule, ...]:
        """Of these, the ones with a condition over time."""
        return tuple(rule for rule in self.evaluated if rule.window is not None)

    @cached_property
    def reach(self) -> Mapping[str, timedelta]:
        """How far back each counter is looked at, by its id."""
        found: dict[str, timedelta] = {}
        for rule in self.windowed:
            if rule.window is None or rule.counters is None:
                continue
            far = rule.window.within * rule.window.spans + self.program.allow_late
            for counter in (rule.counters.own, rule.counters.everything):
                found[counter] = max(far, found.get(counter, far))
        return found

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that the rules ask about."""
        return phrases_of(self.rules)

    @cached_property
    def version(self) -> str:
        """A short hash of the program with its rules and of the taxonomy: the name of the ruleset."""
        body = json.dumps([self.program.as_dict(), self.taxonomy.version], sort_keys=True)
        return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def load_rules(program: Program, taxonomy: Taxonomy) -> LoadedRules:
    """Load a program's rule files.

    Parameters
    ----------
    program
        Whose rule files are loaded, and what they may name.
    taxonomy
        The labels that conditions may name.

    Returns
    -------
    LoadedRules
        Never an exception: a file with errors reports them, and the other rules still load.
    """
    rules: dict[str, Rule] = {}
    used: set[str] = set()
    definitions, told = load_definitions(program, taxonomy)
    for file in program.rule_files:
        if is_definitions(file):
            continue
        findings = Findings(file.name)
        told.append(findings)
        with suppress(StopReadingError):
            _load_file(file, _RuleLoader(program, taxonomy, findings, definitions, used), rules)
    found = [one for findings in told for one in findings.found] + resolve(rules)
    unused = [_unused(definition) for definition in definitions.unused(used)]
    return LoadedRules(tuple(rules.values()), (*found, *unused), program, taxonomy)


def _unused(definition: Definition) -> Located:
    message = f"no rule uses definition '{show(definition.name)}'; remove it, or name it with 'meets'"
    return Located(definition.file, definition.line, 1, message, "warning")


def resolve(rules: dict[str, Rule]) -> list[Located]:
    """Give each window that counts another rule's matches that rule's conditions; drop those that name none."""
    found = []
    for slug, rule in list(rules.items()):
        reference = rule.window.of if rule.window else None
        if rule.window is None or not isinstance(reference, RuleReference):
            continue
        other = rules.get(reference.slug)
        if other is None:
            message = unknown("rule", reference.slug, rules)
            found.append(Located(rule.file, reference.line, reference.column, f"{message} (it is counted here)"))
            del rules[slug]
            continue
        when = other.when if rule.when == reference else rule.when
        defined = tuple(sorted({*rule.defined, *other.defined}))
        rules[slug] = replace(rule, when=when, window=replace(rule.window, of=other.when), defined=defined)
    return found


def _load_file(file: RuleFile, loader: _RuleLoader, rules: dict[str, Rule]) -> None:
    for node, text in _documents(file, loader.findings):
        rule = loader.load(node, text)
        if rule is None:
            continue
        if rule.slug in rules:
            first = rules[rule.slug]
            message = f"rule '{rule.slug}' is already in {first.file}:{first.line}; give it another name"
            loader.findings.error(node, message)
        else:
            rules[rule.slug] = rule


def _documents(file: RuleFile, findings: Findings) -> list[tuple[Node, str]]:
    """Return each document with its own text, so that a rule's version changes with its own words only."""
    nodes = parse(file.text, findings)
    if not nodes:
        return []
    lines = file.text.splitlines()
    ends = [node.line - 1 for node in nodes[1:]] + [len(lines)]
    texts = ["\n".join(lines[node.line - 1 : end]) for node, end in zip(nodes, ends, strict=True)]
    return [(node, text.rstrip().removesuffix("---").rstrip() + "\n") for node, text in zip(nodes, texts, strict=True)]


@dataclass(frozen=True)
class _RuleLoader:
    program: Program
    taxonomy: Taxonomy
    findings: Findings
    definitions: Definitions
    used: set[str]

    def load(self, node: Node, text: str) -> Rule | None:
        if as_map(node, "a rule", self.findings) is None:
            return None
        before = self.findings.errors
        check_keys(node, RULE_KEYS, "word", self.findings)
        slug = self._slug(node)
        status = choice_of(node.get("status"), "status", [s.value for s in RuleStatus], self.findings) or "draft"
        unsure = choice_of(node.get("if_unsure"), "if_unsure", [u.value for u in IfUnsure], self.findings) or "skip"
        must_not_lose = flag_of(node.get("must_not_lose"), "must_not_lose", self.findings, default=False)
        severity, send_to, cooldown, take = self._then(node.get("then"))
        conditions = ConditionLoader(self.program, self.taxonomy, self.findings, self.definitions)
        when, window = self._when(node, conditions)
        self.used.update(conditions.used)
        if conditions.used:  # what uses no definitions is no larger than its file
            self._check_sizes(node, when, window)
        if self.findings.errors == before:
            self._lint(node, conditions, IfUnsure(unsure), when, window)
        examples = self._examples(node)
        self._enough(node, status, examples)
        if self.findings.errors > before or when is None or slug is None:
            return None
        return Rule(
            slug=slug,
            title=text_of(node.get("title"), "title", self.findings, most=200) or slug,
            author=text_of(node.get("author"), "author", self.findings, most=200),
            status=RuleStatus(status),
            when=when,
            if_unsure=IfUnsure(unsure),
            severity=severity,
            send_to=send_to,
            window=window,
            take=take,
            cooldown=cooldown,
            examples=examples,
            must_not_lose=must_not_lose,
            text=text,
            defined=self.definitions.digests(conditions.used),
            file=self.findings.file,
            line=node.line,
        )

    def _slug(self, node: Node) -> str | None:
        named = node.get("rule")
        if named is None:
            self.findings.error(node, "the rule has no name; begin with 'rule: a-short-name'")
            return None
        if not isinstance(named.value, str) or not SLUG.match(named.value):
            self.findings.error(named, "a rule's name has lower-case letters, digits and - only, at most 100")
            return None
        return named.value

    def _when(self, node: Node, conditions: ConditionLoader) -> tuple[Condition | None, Window | None]:
        """Return the conditions on one feedback, and the one over time, which stands at the top or under its `all`."""
        when = node.get("when")
        if when is None:
            self.findings.error(node, "the rule has no conditions; add 'when:'")
            return None, None
        rest, windows = split_windows(when)
        loaded = [self._windows(conditions).load(kind, value) for kind, value in windows]
        for _, extra in windows[1:]:
            self.findings.error(extra, "a rule has one condition over time; make a second rule")
        window = loaded[0] if loaded else None
        if rest is not None:
            return conditions.load(rest), window
        return window.of if window and window.of else All(()), window

    def _lint(
        self, node: Node, conditions: ConditionLoader, unsure: IfUnsure, when: Condition | None, window: Window | None
    ) -> None:
        counted = window.of if window is not None and window.of is not when else None
        for one in (when, counted):
            if one is not None:
                lint(one, conditions.places, node.get("when") or node, self.program, unsure, self.findings)

    def _check_sizes(self, node: Node, *conditions: Condition | Window | None) -> None:
        problems = (size_of(one, self.definitions.sizes).problem for one in conditions if one is not None)
        problem = next(filter(None, problems), None)
        if problem:
            self.findings.error(node.get("when") or node, f"the rule {problem}")

    def _windows(self, conditions: ConditionLoader) -> WindowLoader:
        return WindowLoader(self.program, self.findings, conditions.load)

    def _then(self, node: Node | None) -> tuple[Severity, str | None, Cooldown | None, float]:
        then = as_map(node, "then", self.findings)
        if then is None:
            return Severity.MEDIUM, None, None, 1.0
        check_keys(then, THEN_KEYS, "word of 'then'", self.findings)
        severity = choice_of(then.get("severity"), "severity", [s.value for s in Severity], self.findings)
        receiver = then.get("send_to")
        send_to = text_of(receiver, "send_to", self.findings)
        if send_to is not None and receiver is not None and send_to not in self.program.receivers:
            message = unknown("receiver", send_to, self.program.receivers)
            self.findings.error(
                receiver, f"{message} (receivers are declared in receivers.yaml; {OPERATORS} is always there)"
            )
        take = share_of(then.get("take"), "take", self.findings)
        return Severity(severity or "medium"), send_to, self._cooldown(then.get("cooldown")), take or 1.0

    def _cooldown(self, node: Node | None) -> Cooldown | None:
        """Return a cooldown: `7d`, or `{per: customer, for: 7d}`."""
        if node is None or not node.is_map:
            span = duration_of(node, "cooldown", self.findings)
            return Cooldown(span) if span else None
        check_keys(node, ("per", "for"), "word of 'cooldown'", self.findings)
        per = WindowLoader(self.program, self.findings, lambda _: None).groupings(node.get("per"), "per")
        span = duration_of(node.get("for"), "for", self.findings)
        if node.get("for") is None:
            self.findings.error(node, "a cooldown needs its length; add 'for: 7d'")
        return Cooldown(span, per) if span else None

    def _examples(self, node: Node) -> tuple[Example, ...]:
        when = node.get("when")
        over_time = when is not None and bool(split_windows(when)[1])
        return ExampleLoader(self.program, self.taxonomy, self.findings).load(node.get("examples"), over_time=over_time)

    def _enough(self, node: Node, status: str, examples: Sequence[Example]) -> None:
        if status != RuleStatus.LIVE:
            return
        for fires, said in ((True, "fire"), (False, "stay quiet")):
            count = sum(example.fires is fires for example in examples)
            if count < LIVE_EXAMPLES:
                where = node.get("examples") or node.get("status") or node
                message = f"a live rule needs {LIVE_EXAMPLES} examples that {said}, this one has {count}"
                self.findings.error(where, f"{message}; add them, or make it a draft or shadow rule")
