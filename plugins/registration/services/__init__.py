"""The rules of registration; they know no HTTP."""

__all__: tuple[str, ...] = ()
