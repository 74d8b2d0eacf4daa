"""From a request to a handler's arguments: by the names and annotations of its own signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from msgspec import Struct

from core.kernel.errors import BadInput, NotFound
from core.kernel.i18n import gettext_noop as _
from core.kernel.ids import parse_id
from core.web.forms import Form, Upload, parse_form, several_of

__all__ = ["Binding", "FormData", "bind_body", "bind_form", "bind_path", "path_of"]

FormData = Mapping[str, str | UploadFile]


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


def bind_path(binding: Binding, request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The path parameters, ids parsed; a malformed id is an address where there is nothing."""
    values: dict[str, Any] = {}
    for name, kind in binding.path.items():
        raw = str(request.path_params.get(name, ""))
        if not raw:
            raise NotFound
        values[name] = parse_id(raw) if kind is UUID else raw
    if binding.query is not None:
        values["query"] = _query(binding.query, dict(request.query_params))
    return values


def path_of(binding: Binding, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Of a page's arguments those that stand in its address; what the widgets on it are given."""
    return {name: arguments[name] for name in binding.path}


def bind_form(binding: Binding, data: FormData) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if binding.form is not None:
        values["form"] = parse_form(binding.form, _typed(binding.form, data))
    if binding.takes_upload:
        values["upload"] = _upload(data)
    return values


async def bind_body(binding: Binding, request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The JSON body as the Struct that the handler names; raises `BadInput` with the place of the fault."""
    if binding.body is None:
        return {}
    try:
        return {"body": msgspec.json.decode(await request.body(), type=binding.body)}
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(
            _("The body cannot be read: %(error)s."),
            _("Send JSON as the API's description says."),
            error=str(error)[:200],
        ) from None


def _query(kind: type[Struct], given: Mapping[str, str]) -> Struct:
    # An address is typed and shared by people: what it says too much is ignored, what is wrong falls back.
    form = parse_form(kind, {name: given[name] for name in kind.__struct_fields__ if name in given})
    return form.value if form.is_valid else kind()


def _typed(kind: type[Struct], data: FormData) -> dict[str, str]:
    """Of a name that was sent several times all values where the form takes several, else the last."""
    several, typed = several_of(kind), dict[str, str]()
    for name, value in data.items():
        if isinstance(value, str):
            typed[name] = f"{typed[name]},{value}" if name in several and name in typed else value
    return typed


def _upload(data: FormData) -> Upload | None:
    for value in data.values():
        if isinstance(value, UploadFile) and value.filename:
            return Upload(name=value.filename, content=value.file.read())
    return None
