"""The bench: what the product costs beside the least that the same work could cost, as ratios of one run.

`make bench` runs all of it, `make bench ONLY=A` the workloads whose code begins so, `make bench ROUNDS=2` fewer
rounds, `make bench SMALL=1` hardly anything, to see that it runs. The peers (Django, FastAPI, Celery) get virtual
environments of their own on first use; where they cannot be installed the table says so. No figure of another run,
another machine or another project is compared with anything.
"""
