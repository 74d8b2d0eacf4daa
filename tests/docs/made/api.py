"""The JSON API, from its own description."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from core.app import CORE_PAGES, plugins
from core.host.openapi import REFUSALS, describe
from core.host.routing import addresses
from tests.docs.made.table import code, listed, table


def operations() -> str:
    registry = plugins()
    described = describe(CORE_PAGES, registry)
    parts: list[str] = []
    for address in addresses(CORE_PAGES, registry):
        if address.kind == "route":
            operation = described["paths"][address.path][address.method.lower()]
            parts += _operation(address.method, address.path, address.permission, operation)
    return "\n\n".join(parts)


def _operation(method: str, path: str, permission: str, operation: dict[str, Any]) -> list[str]:
    about = f"{operation['summary']}. Needs the permission {code(permission)}."
    parts = [f"### {method} {path}", about]
    given = [p for p in operation["parameters"] if p["in"] != "path"]
    if given:
        rows = [(code(p["name"]), p["in"], _type(p["schema"]), "yes" if p["required"] else "") for p in given]
        parts.append(table(("parameter", "in", "type", "needed"), rows))
    if "requestBody" in operation:
        parts.append(f"Takes {_kind(operation['requestBody']['content'])}.")
    [status] = [status for status in operation["responses"] if status.startswith("2")]
    parts.append(f"Answers {status} with {_kind(operation['responses'][status]['content'])}.")
    return parts


def _kind(content: dict[str, Any]) -> str:
    if "application/json" not in content:
        return f"a file: {listed(code(kind) for kind in content)}"
    schema = content["application/json"]["schema"]
    if schema.get("type") == "null":
        return "null"
    if "$ref" in schema:
        return code(schema["$ref"].rpartition("/")[2])
    return f"a list of {_kind({'application/json': {'schema': schema['items']}})}"


def schemas() -> str:
    found = describe(CORE_PAGES, plugins())["components"]["schemas"]
    parts: list[str] = []
    for name, schema in found.items():
        parts.append(f"### {name}")
        if "properties" not in schema:
            parts.append(f"One of {listed(code(str(one)) for one in schema['enum'])}.")
            continue
        if schema.get("description"):
            parts.append(cleandoc(schema["description"]))
        needed = set(schema.get("required", ()))
        rows = [
            (code(field), _type(one), "yes" if field in needed else "")
            for field, one in schema["properties"].items()
        ]
        parts.append(table(("field", "type", "always there"), rows))
    return "\n\n".join(parts)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return code(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return "one of " + listed(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return f"object of {_type(schema['additionalProperties'])}"
    longest = f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
    return f"{schema.get('format') or schema.get('type', 'anything')}{longest}"


def refusals() -> str:
    return table(("status", "when"), list(REFUSALS.items()))


BLOCKS = {"api-operations": operations, "api-schemas": schemas, "api-refusals": refusals}
