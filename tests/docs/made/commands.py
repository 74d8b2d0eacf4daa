"""The commands, from click."""

from __future__ import annotations

from collections.abc import Iterator

import click

from core import cli
from tests.docs.made.table import code, table


def every_command() -> str:
    parts: list[str] = []
    for name, command in _commands():
        arguments = [_argument(p) for p in command.params if isinstance(p, click.Argument)]
        parts.append(f"### {' '.join(['townbridge', name, *arguments])}")
        parts += [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
        options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
        if options:
            parts.append(table(("option", "meaning"), [(_option(p), _meaning(p)) for p in options]))
    return "\n\n".join(parts)


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, with its name."""
    for name in sorted(cli.COMMANDS):
        command = _named(cli.townbridge, name)
        if isinstance(command, click.Group):
            listed = sorted(command.list_commands(click.Context(command)))
            yield from ((f"{name} {inner}", _named(command, inner)) for inner in listed)
        else:
            yield name, command


def _named(group: click.Group, name: str) -> click.Command:
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return found


def _argument(argument: click.Argument) -> str:
    name = (argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        name = "|".join(argument.type.choices)
    return name if argument.required else f"[{name}]"


def _option(option: click.Option) -> str:
    return code(f"{'/'.join(option.opts)} {_value(option)}".strip())


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return "|".join(option.type.choices)
    if option.metavar:
        return option.metavar
    kinds = ((click.DateTime, "YYYY-MM-DD"), (click.Path, "PATH"), (click.types.IntParamType, "N"))
    return next((shown for kind, shown in kinds if isinstance(option.type, kind)), "TEXT")


def _meaning(option: click.Option) -> str:
    needed = "Needed. " if option.required else ""
    shown = f" Default: {option.default}." if option.show_default else ""
    return f"{needed}{option.help or ''}{shown}".strip()


BLOCKS = {"commands": every_command}
