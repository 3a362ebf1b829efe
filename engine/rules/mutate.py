"""Trying mutants: which changes of a rule its own examples would not notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import Located
from engine.program import RuleFile
from engine.rules.definition_loader import is_definitions
from engine.rules.load import LoadedRules, load_rules
from engine.rules.mutants import Mutant, mutants
from engine.rules.node_text import as_flow
from engine.rules.node_walk import when_of
from engine.rules.rule import Rule
from engine.rules.trial import Trial
from engine.rules.window_loader import split_windows

MOST_OF_A_RULE = 200
MOST_MUTANTS = 20_000
# How many feedback may be judged for one rule: an example for a count may come ten thousand times.
MOST_JUDGED = 100_000
# Of a rule with long lists few changes are tried: each is the whole rule again.
MOST_TEXT = 300_000
MUTANTS = "mutants"


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of the mutants.

    Parameters
    ----------
    caught
        How many some example noticed.
    alive
        A warning for each that none did.
    untried
        How many there were beyond the limits.
    """

    caught: int
    alive: tuple[Located, ...]
    untried: int

    @property
    def tried(self) -> int:
        """How many were tried."""
        return self.caught + len(self.alive)

    def as_dict(self) -> dict[str, int]:
        """Return the numbers as plain JSON values."""
        return {
            "tried": self.tried,
            "caught": self.caught,
            "alive": len(self.alive),
            "untried": self.untried,
        }


def mutate(loaded: LoadedRules, trials: Iterable[Trial]) -> Mutation:
    """Change one thing at a time in every live or shadow rule, and see whether its examples notice.

    Examples that do not do what they should anyway notice nothing, and a rule without others is passed over.

    Parameters
    ----------
    trials
        The examples, each in the reading that it is to be judged by.
    """
    of_rule: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.does_right(trial.rule):
            of_rule.setdefault(trial.rule.slug, []).append(trial)
    caught, untried = 0, 0
    alive: list[Located] = []
    for rule in loaded.evaluated:
        passing = of_rule.get(rule.slug)
        if not passing:
            continue
        room = max(0, MOST_MUTANTS - caught - len(alive))
        found = _Mutated(loaded, rule, passing).tried(min(room, MOST_OF_A_RULE))
        caught += found.caught
        alive += found.alive
        untried += found.untried
    return Mutation(caught, tuple(alive), untried)


@dataclass(frozen=True)
class _Mutated:
    """One rule with the examples that it does right by."""

    loaded: LoadedRules
    rule: Rule
    trials: Sequence[Trial]

    def tried(self, most: int) -> Mutation:
        """Try up to so many mutants."""
        when = when_of(self.rule)
        if when is None:
            return Mutation(0, (), 0)
        every = mutants(when, self.loaded.program)
        weight = sum(trial.weight for trial in self.trials)
        written = self._written(every, min(most, MOST_JUDGED // weight))
        caught, alive = 0, []
        for mutant, changed in self._changed(written):
            if all(trial.does_right(changed) for trial in self.trials):
                alive.append(self._told(mutant))
            else:
                caught += 1
        return Mutation(caught, tuple(alive), sum(1 for _ in every))

    def _written(self, every: Iterator[Mutant], most: int) -> dict[str, tuple[Mutant, str]]:
        """Take the first mutants, and return each with its text by the name of its rule."""
        found: dict[str, tuple[Mutant, str]] = {}
        size = 0
        for place in range(most):
            mutant = next(every, None) if size < MOST_TEXT else None
            if mutant is None:
                break
            when = mutant.make()
            if when is not None:
                # A shadow rule needs no examples.
                head = f"rule: mutant-{place}\nstatus: shadow\nif_unsure: {self.rule.if_unsure}\n"
                found[f"mutant-{place}"] = (mutant, f"{head}when: {as_flow(when)}\n")
                size += len(found[f"mutant-{place}"][1])
        return found

    def _changed(self, written: Mapping[str, tuple[Mutant, str]]) -> Iterator[tuple[Mutant, Rule]]:
        """Yield the mutants that are rules at all, and no two that come to the same."""
        seen = {(self.rule.when, self.rule.window)}
        for changed in self._load(RuleFile(MUTANTS, "---\n".join(text for _, text in written.values()))):
            if (changed.when, changed.window) not in seen:
                seen.add((changed.when, changed.window))
                yield written[changed.slug][0], changed

    def _load(self, file: RuleFile) -> tuple[Rule, ...]:
        """Load a file of mutants, with the rules whose matches they may count."""
        when = when_of(self.rule)
        counted = [node.get("of") for _, node in split_windows(when)[1]] if when is not None else []
        named = {found.value for of in counted if of is not None and (found := of.get("rule")) is not None}
        others = [RuleFile(rule.slug, rule.text) for rule in self.loaded.rules if rule.slug in named]
        others += [other for other in self.loaded.program.rule_files if is_definitions(other)]
        program = replace(self.loaded.program, rule_files=(*others, file))
        loaded = load_rules(program, self.loaded.taxonomy).rules
        return tuple(rule for rule in loaded if rule.file == file.name)

    def _told(self, mutant: Mutant) -> Located:
        line = self.rule.line + mutant.node.line - 1
        message = f"no example of rule '{self.rule.slug}' notices when {mutant.change}; {mutant.hint}"
        return Located(self.rule.file, line, mutant.node.column, message, "warning")
