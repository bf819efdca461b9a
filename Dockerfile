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
    && /venv/bin/pip uninstall -y --quiet pip \
    # What nothing here reads: sources of compiled parts, tests, the dates of languages that we do not speak.
    && find /venv -type f \( -name '*.c' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pyi' \) -delete \
    && find /venv -type d \( -name tests -o -name test \) -prune -exec rm -rf {} + \
    && find /venv -path '*/babel/locale-data/*.dat' ! -name 'root.dat' ! -name 'en*.dat' ! -name 'fr*.dat' -delete
COPY webchat /app/webchat
COPY templates /app/templates
COPY static /app/static
COPY migrations /app/migrations
RUN /venv/bin/python -m compileall -q /app/webchat /app/migrations

FROM debian:trixie-slim AS system
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 \
    && groupadd --gid 10001 webchat \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin webchat \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/man /usr/share/info /usr/share/locale /usr/share/i18n \
    && find /usr/share/doc -type f ! -name copyright -delete

# One layer of what is left: what was removed above takes no room.
FROM scratch
COPY --from=system / /
RUN install -d -o 10001 -g 10001 -m 700 /data \
    # Where the demo's server leaves its certificate; the first of the two containers gives the volume its owner.
    && install -d -o 10001 -g 10001 /demo
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
