# syntax=docker/dockerfile:1
# The image of web, worker and beat. No compiler, no npm and no development package is in it.

FROM node:24-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY devstack/assets.mjs devstack/assets.mjs
COPY static static
RUN node devstack/assets.mjs

FROM python:3.13-slim-bookworm AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY requirements.lock ./
RUN uv venv .venv && uv pip sync --require-hashes requirements.lock

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 prodops \
    && useradd --uid 10001 --gid prodops --home-dir /app --no-create-home --shell /usr/sbin/nologin prodops \
    && install -d -o prodops -g prodops /var/lib/prodops/media /var/lib/prodops/beat
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    APP_ENV=production \
    MEDIA_ROOT=/var/lib/prodops/media
COPY --from=packages /app/.venv .venv
COPY --from=assets /app/build/static build/static
COPY manage.py gunicorn.conf.py ./
COPY templates templates
COPY prodops prodops
COPY research research
COPY metrics metrics
COPY process process
COPY coordination coordination
COPY docs/guide docs/guide
COPY docs/images docs/images
# Static files are hashed and compressed here; the values are for this command only.
RUN python -m compileall -q prodops research metrics process coordination \
    && SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
       python manage.py collectstatic --noinput --skip-checks
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000"]
