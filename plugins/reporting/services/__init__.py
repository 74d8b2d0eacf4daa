"""The rules of reporting; they know no HTTP."""

__all__: tuple[str, ...] = ()
