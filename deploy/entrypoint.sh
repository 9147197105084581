#!/bin/sh
# web: answers requests. worker: tasks and beat. prepare: migrate, static files, seed. Anything else is run.
set -eu
case "${1:-web}" in
  web) exec gunicorn lms.wsgi --config deploy/gunicorn.conf.py --bind "0.0.0.0:${PORT}" ;;
  worker) exec celery --app lms worker --beat --loglevel WARNING --schedule "${DATA_DIR}/celerybeat-schedule" ;;
  prepare) exec python manage.py prepare ;;
  *) exec "$@" ;;
esac
