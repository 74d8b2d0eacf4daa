"""The rules of supplies; they know no HTTP."""

__all__: tuple[str, ...] = ()
