"""Who did what, in plain sentences: the same for a unit and for its town."""
