"""A page as a browser takes it apart: its elements, its links, and its forms with what stands in their fields."""

from __future__ import annotations

from html.parser import HTMLParser

from msgspec import Struct

__all__ = ["Form", "Shown", "read_page"]

VOID = {"input", "img", "br", "hr", "meta", "link", "col"}
SENT = ("action", "hx-post")


class Form(Struct):
    """Where a form goes, and what would be sent if nothing were typed."""

    action: str
    is_sent: bool
    """By POST."""
    fields: dict[str, str] = {}
    free: set[str] = set()
    """The fields in which text is typed."""


class Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._text: str = ""
        self._select: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form":
            action = given.get("action") or given.get("hx-post", "")
            self._form = Form(action, given.get("method", "").lower() == "post", {}, set())
            self.forms.append(self._form)
        elif self._form is not None and "name" in given:
            self._field(tag, given)
        elif tag == "option" and self._form is not None and self._select:
            self._option(given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given["name"], given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self._form.fields[name] = ""
            self._form.free.add(name)
        elif tag == "button":
            self._form.fields.setdefault(name, given.get("value", ""))
        elif kind in ("checkbox", "radio"):
            if "checked" in given or name not in self._form.fields:
                self._form.fields[name] = given.get("value", "1")
        elif kind != "file":
            self._form.fields[name] = given.get("value", "")
            if kind != "hidden":
                self._form.free.add(name)

    def _option(self, given: dict[str, str]) -> None:
        assert self._form is not None
        if "selected" in given or not self._form.fields.get(self._select):
            self._form.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._text and self._form is not None:
            self._form.fields[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""


def read_page(text: str) -> Shown:
    """Fault-tolerant, as browsers are."""
    shown = Shown()
    shown.feed(text)
    shown.close()
    return shown
