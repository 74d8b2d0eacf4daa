"""Cabinet: a service module of the tests alone, with a drawer for each compartment."""
