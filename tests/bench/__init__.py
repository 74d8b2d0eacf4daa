"""The bench: what the product costs beside the least that the same work could cost, as ratios of one run.

`make bench` runs all of it, `make bench ONLY=A` the workloads whose code begins so. No figure of another run,
another machine or another project is compared with anything; the peers (Django, FastAPI, Celery) are not run.
"""
