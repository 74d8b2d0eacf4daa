"""Files in: rosters and movements, judged row by row."""

__all__: tuple[str, ...] = ()
