"""The picker: every label as a button that is pressed or not, with numbers for those that are probably wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.judging.card import TASKS
from api.console.labelling.sheet import Label, Sheet
from engine.taxonomy import Taxonomy

# In the browser, at once: what is typed right after it belongs into the field, and means nothing else.
FINDS = """
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-find]");
  if (event.key !== "/" || !field || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  field.focus();
});
"""
CHOOSES = "(event) => { event.stopPropagation(); emit(event.target.value); event.target.blur(); }"


class Picker:
    """The labels of a sentence.

    Parameters
    ----------
    taxonomy
        The labels that there are.
    toggled
        Called with a label that is chosen, or not any more.
    """

    def __init__(self, taxonomy: Taxonomy, toggled: Callable[[Label], None]) -> None:
        self._taxonomy = taxonomy
        self._toggled = toggled
        self._buttons: dict[Label, Element] = {}
        self._near: list[Label] = []
        self._sheet: Sheet | None = None

    def draw(self) -> None:
        """Draw the picker."""
        with look.section("Labels that are probably wanted", 3):
            self._probable = Element("div").classes("hf-picks").props("role=group")
            self._probable.props["aria-label"] = "Labels that are probably wanted"
        self._search = (
            ui.input("Find a label").props("outlined dense clearable debounce=100").classes("hf-field hf-narrow")
        )
        self._search.props["aria-label"] = "Find a label; Enter chooses the first"
        self._search.props["data-find"] = "label"
        self._search.on_value_change(lambda event: self._find(str(event.value or "")))
        self._search.on("keydown.enter", lambda event: self._take_first(str(event.args or "")), js_handler=CHOOSES)
        self._search.on("keydown.escape", js_handler="(event) => event.target.blur()")
        ui.run_javascript(FINDS)
        with Element("div").classes("hf-tasks"):
            for task in self._taxonomy.leaves:
                self._draw_task(task)

    def _draw_task(self, task: str) -> None:
        with look.section(TASKS.get(task, task), 3), Element("div").classes("hf-picks").props("role=group") as group:
            group.props["aria-label"] = TASKS.get(task, task)
            for leaf in self._taxonomy.leaves[task]:
                self._buttons[task, leaf] = self._button((task, leaf), leaf)

    def _button(self, label: Label, said: str, key: int | None = None) -> Element:
        with Element("button").classes("hf-pick").props("type=button aria-pressed=false") as found:
            if key is not None:
                look.words("kbd", str(key))
            look.words("span", said)
        described = self._taxonomy.descriptions.get(":".join(label))
        if described:
            found.props["title"] = described
        found.on("click", lambda: self._toggled(label))
        return found

    def show(self, sheet: Sheet, often: Sequence[Label]) -> None:
        """Show a sentence: what is probably wanted of it, and what is chosen."""
        self._sheet = sheet
        self._near = sheet.near(often)
        self._probable.clear()
        with self._probable:
            if not self._near:
                look.words("p", "The model suggests nothing here.", "hf-muted hf-small")
            self._keyed = {
                label: self._button(label, self._said(label, sheet), key)
                for key, label in enumerate(self._near, start=1)
            }
        if self._search.value:
            self._search.value = ""
        self.press()

    def _said(self, label: Label, sheet: Sheet) -> str:
        kind = "suggested" if label in sheet.suggested else "in doubt" if label in sheet.unsure else ""
        return f"{label[1]} ({kind})" if kind else label[1]

    def press(self) -> None:
        """Show which labels are chosen."""
        chosen = self._sheet.chosen if self._sheet else set()
        for buttons in (self._buttons, self._keyed):
            for label, button in buttons.items():
                pressed = "true" if label in chosen else "false"
                if button.props.get("aria-pressed") != pressed:
                    button.props["aria-pressed"] = pressed

    def numbered(self, key: int) -> Label | None:
        """Return the label with a number."""
        return self._near[key - 1] if 0 < key <= len(self._near) else None

    def _find(self, wanted: str) -> None:
        for label, button in self._buttons.items():
            button.set_visibility(self._matches(label, wanted))

    def _matches(self, label: Label, wanted: str) -> bool:
        described = self._taxonomy.descriptions.get(":".join(label), "")
        return all(word in f"{label[1]} {described}".casefold() for word in wanted.casefold().split())

    def _take_first(self, wanted: str) -> None:
        if wanted.strip():
            # What begins with it before what only holds it.
            found = sorted(
                (label for label in self._buttons if self._matches(label, wanted)),
                key=lambda label: wanted.casefold().strip() not in label[1].casefold(),
            )
            if found:
                self._toggled(found[0])
                self._search.value = ""
