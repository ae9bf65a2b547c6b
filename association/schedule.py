"""Every recurring job of the house in one table (Celery beat reads it)."""

from celery.schedules import crontab
from django.conf import settings

SCHEDULE = {
    "清扫附件": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=20),
        "kwargs": {"name": "association.sweep_attachments"},
    },
    "队列清扫": {
        "task": "association.sweep_jobs",
        "schedule": settings.SWEEP_SECONDS,
        "options": {"expires": settings.SWEEP_SECONDS},
    },
    "发信清扫": {
        "task": "association.sweep_deliveries",
        "schedule": settings.SWEEP_SECONDS,
        "options": {"expires": settings.SWEEP_SECONDS},
    },
    "清理旧的幂等键与导出文件": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=10),
        "kwargs": {"name": "association.tidy"},
    },
    "银行流水夜间比对": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=50),
        "kwargs": {"name": "members.match_bank_lines"},
    },
    "清理个人信息副本与到期请求": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=30),
        "kwargs": {"name": "members.tidy_person_requests"},
    },
    "夜间查重": {
        "task": "association.enqueue",
        "schedule": crontab(hour=3, minute=40),
        "kwargs": {"name": "members.find_duplicates_nightly"},
    },
    "入会申请的期限": {
        "task": "association.enqueue",
        "schedule": crontab(hour=8, minute=10),
        "kwargs": {"name": "members.look_at_applications"},
    },
    "会员证按日核对": {
        "task": "association.enqueue",
        "schedule": crontab(hour=0, minute=10),
        "kwargs": {"name": "members.certificates_daily"},
    },
    "列出会费逾期满期的单位": {
        "task": "association.enqueue",
        "schedule": crontab(hour=6, minute=10),
        "kwargs": {"name": "members.find_arrears"},
    },
    "诉求的回访与超期": {
        "task": "association.enqueue",
        "schedule": crontab(hour=8, minute=20),
        "kwargs": {"name": "events.watch_petitions"},
    },
    # After the quiet hours, so that text messages need not wait.
    "会费提醒": {
        "task": "association.enqueue",
        "schedule": crontab(hour=8, minute=10),
        "kwargs": {"name": "members.send_reminders"},
    },
    "候补名额到期": {
        "task": "association.enqueue",
        "schedule": crontab(minute="*/5"),
        "kwargs": {"name": "events.settle_seats"},
    },
    "活动前一天提醒": {
        "task": "association.enqueue",
        "schedule": crontab(hour=8, minute=20),
        "kwargs": {"name": "events.remind_tomorrow"},
    },
    "对接的答复期限与跟进": {
        "task": "association.enqueue",
        "schedule": crontab(hour=8, minute=20),
        "kwargs": {"name": "events.look_at_matches"},
    },
    "活动后请参加者评价": {
        "task": "association.enqueue",
        "schedule": crontab(hour=9, minute=10),
        "kwargs": {"name": "events.ask_for_feedback"},
    },
}
