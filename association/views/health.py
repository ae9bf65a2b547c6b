"""For the starter and the load balancer: is the process alive, can it serve."""

from django.conf import settings
from django.db import Error, connection
from django.http import JsonResponse
from redis import Redis
from redis.exceptions import RedisError


def livez(request):
    return JsonResponse({"status": "ok"})


def readyz(request):
    """200 when database and broker answer; else 503 naming the part that does not."""
    parts = {"database": _database(), "broker": _broker()}
    ready = all(parts.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", **parts}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return cursor.fetchone() is not None
    except Error:
        return False


def _broker() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1) as broker:
            return bool(broker.ping())
    except RedisError:
        return False
