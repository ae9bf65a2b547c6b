"""Every recurring job of the house in one table (Celery beat reads it)."""

from celery.schedules import crontab

SCHEDULE = {
    "清扫附件": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=20),
        "kwargs": {"name": "association.sweep_attachments"},
    },
    "队列清扫": {"task": "association.sweep_jobs", "schedule": 15.0, "options": {"expires": 15}},
    "清理旧的幂等键与导出文件": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=10),
        "kwargs": {"name": "association.tidy"},
    },
}
