"""From a request to a handler's arguments: by the names and annotations of its own signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from core.kernel.errors import NotFound, WrongKind
from core.kernel.ids import parse_id
from core.kernel.text import clean
from core.web.bounds import input_faults
from core.web.forms import Form, Upload, parse_form, several_of
from core.web.inputs import parse_body, parse_query

__all__ = [
    "FILE_NAME",
    "Binding",
    "FormData",
    "bind_body",
    "bind_form",
    "bind_path",
    "bind_query",
    "handler_faults",
    "path_of",
    "word_of",
]

FormData = Mapping[str, str | UploadFile]
FILE_NAME = "file_name"
"""In the query of an operation that takes a file: what it is called."""
LONGEST_NAME = 200
LONGEST_WORD = 200


class Binding(Struct, frozen=True, kw_only=True):
    """What a handler asks for besides its context."""

    path: dict[str, type]
    query: type[Struct] | None
    form: type[Struct] | None
    body: type[Struct] | None
    takes_upload: bool
    answer: Any

    @classmethod
    def of(cls, handler: Callable[..., Any]) -> Binding:
        hints = get_type_hints(handler)
        names = list(inspect.signature(handler).parameters)[1:]
        special = {"query", "form", "body", "upload"}
        form = hints.get("form")
        return cls(
            path={name: hints[name] for name in names if name not in special},
            query=hints["query"] if "query" in names else None,
            form=get_args(form)[0] if form is not None and get_origin(form) is Form else None,
            body=hints["body"] if "body" in names else None,
            takes_upload="upload" in names,
            answer=hints.get("return"),
        )

    @property
    def inputs(self) -> list[type[Struct]]:
        """The Structs that somebody outside fills in."""
        return [kind for kind in (self.query, self.form, self.body) if kind is not None]


def handler_faults(handler: Callable[..., Any]) -> Iterator[str]:
    """One sentence for everything that a handler takes without bounds."""
    for kind in Binding.of(handler).inputs:
        yield from input_faults(kind)


def bind_path(binding: Binding, request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The path parameters, ids parsed; a malformed id is an address where there is nothing."""
    values: dict[str, Any] = {}
    for name, kind in binding.path.items():
        raw = word_of(request, name)
        values[name] = parse_id(raw) if kind is UUID else raw
    return values


def word_of(request: Request[Any, Any, Any], name: str) -> str:
    """A part of the address; raises `NotFound` for what no address of ours holds, such as control characters."""
    raw = str(request.path_params.get(name, ""))
    if not raw or len(raw) > LONGEST_WORD or raw != clean(raw):
        raise NotFound
    return raw


def path_of(binding: Binding, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Of a page's arguments those that stand in its address; what the widgets on it are given."""
    return {name: arguments[name] for name in binding.path}


def bind_query(binding: Binding, request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The query of a page's address."""
    if binding.query is None:
        return {}
    return {"query": _lenient(binding.query, _typed(binding.query, request.query_params.multi_items()))}


def bind_form(binding: Binding, data: FormData) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if binding.form is not None:
        values["form"] = parse_form(binding.form, _typed(binding.form, data.items()))
    if binding.takes_upload:
        values["upload"] = _upload(data)
    return values


async def bind_body(binding: Binding, request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What a program sends, read strictly; raises `BadInput` with the fields that are wrong, or `WrongKind`."""
    values: dict[str, Any] = {}
    pairs = [(name, str(value)) for name, value in request.query_params.multi_items()]
    if binding.takes_upload:
        named = parse_query(_Named, [pair for pair in pairs if pair[0] == FILE_NAME])
        pairs = [pair for pair in pairs if pair[0] != FILE_NAME]
        values["upload"] = Upload(name=named.file_name, content=await request.body())
    query = parse_query(binding.query or _Nothing, pairs)
    if binding.query is not None:
        values["query"] = query
    if binding.body is not None:
        _check_kind(request)
        values["body"] = parse_body(binding.body, await request.body())
    return values


class _Named(Struct, frozen=True):
    """What an operation that takes a file is told of it."""

    file_name: Annotated[str, Meta(max_length=LONGEST_NAME)] = ""


class _Nothing(Struct, frozen=True):
    """The query of an operation that has none."""


def _check_kind(request: Request[Any, Any, Any]) -> None:
    kind, *parameters = (part.strip().lower() for part in request.headers.get("Content-Type", "").split(";"))
    is_plain = all(parameter in ("", "charset=utf-8") for parameter in parameters)
    if kind != "application/json" or not is_plain or request.headers.get("Content-Encoding"):
        raise WrongKind


def _lenient(kind: type[Struct], given: Mapping[str, str]) -> Struct:
    # An address is typed and shared by people: what it says too much is ignored, what is wrong falls back.
    form = parse_form(kind, {name: given[name] for name in kind.__struct_fields__ if name in given})
    return form.value if form.is_valid else kind()


def _typed(kind: type[Struct], sent: Iterable[tuple[str, str | UploadFile]]) -> dict[str, str]:
    """Of a name that was sent several times all values where the form takes several, else the last."""
    several, typed = several_of(kind), dict[str, str]()
    for name, value in sent:
        if isinstance(value, str):
            typed[name] = f"{typed[name]},{value}" if name in several and name in typed else value
    return typed


def _upload(data: FormData) -> Upload | None:
    for value in data.values():
        if isinstance(value, UploadFile) and value.filename:
            return Upload(name=value.filename, content=value.file.read())
    return None
