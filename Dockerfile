# syntax=docker/dockerfile:1
# Small, without compilers, without root. Builds the wheels in one stage, runs them in another.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && find /venv -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=lms.settings DATA_DIR=/data PORT=8000
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin hvs \
    && install -d -o hvs -g hvs /app /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=hvs:hvs . .
USER hvs
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["web"]
