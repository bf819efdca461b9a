# The site in one container: not root, nothing to write but /data.
#
#   docker build -t webchat . && docker run -p 127.0.0.1:8080:8080 -v webchat:/data --read-only --tmpfs /tmp webchat

FROM debian:trixie-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/runtime.txt requirements/postgresql.txt /requirements/
RUN python3 -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes \
        -r /requirements/runtime.txt -r /requirements/postgresql.txt \
    && /venv/bin/pip uninstall -y --quiet pip
COPY webchat /app/webchat
COPY templates /app/templates
COPY static /app/static
COPY migrations /app/migrations
RUN /venv/bin/python -m compileall -q /app/webchat /app/migrations

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 webchat \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin webchat \
    && install -d -o webchat -g webchat -m 700 /data \
    # Where the demo's server leaves its certificate; the first of the two containers gives the volume its owner.
    && install -d -o webchat -g webchat /demo
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY LICENSE /app/
WORKDIR /app
ENV PATH=/venv/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WEBCHAT_DATA_DIR=/data \
    WEBCHAT_LISTEN=0.0.0.0:8080
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s --retries=3 CMD ["python", "-m", "webchat", "healthcheck"]
CMD ["sh", "-c", "python -m webchat migrate && exec python -m webchat serve"]
