# The virtual environment is built in one image and copied into another, which has no compiler, cache or source.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/townbridge
ENV PATH=/opt/townbridge/bin:$PATH
WORKDIR /build
COPY requirements.lock requirements.dev.lock ./
# The build backend is pinned by its hash like everything else.
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements.dev.lock > build.lock \
    && pip install --require-hashes --no-deps -r build.lock \
    && pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY core core
COPY tenants tenants
COPY plugins plugins
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes pip

FROM python:3.12-slim-bookworm
# The embedded PostgreSQL wants a user with a name; a fixed number lets a volume keep its owner.
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin townbridge
COPY --from=build /opt/townbridge /opt/townbridge
ENV PATH=/opt/townbridge/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TOWNBRIDGE_HOME=/data \
    TOWNBRIDGE_HOST=0.0.0.0 \
    TOWNBRIDGE_PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2).read()"]
ENTRYPOINT ["townbridge"]
CMD ["serve", "--port", "8000"]
