from collections import defaultdict

import pytest
from django.template import engines

from association import attachments, cache, sms
from association import notices as registry
from association.domain import notices
from members.models import Organization

KINDS = ("证照", "合同")


@pytest.fixture
def files_on_units(monkeypatch):
    """A unit's own people and the secretariat see its files; the liaison and the secretariat may add."""

    def can_see(user, owner):
        return Organization.objects.visible_to(user).filter(pk=owner.pk).exists()

    def can_add(user, owner):
        return user.email in ("member@test.cn", "secretary@test.cn")

    monkeypatch.setitem(attachments._policies, Organization, attachments.Policy(can_see, can_add, KINDS))


@pytest.fixture
def tellable(monkeypatch):
    """`tellable("test.joined", "标题\\n\\n正文", sms="…", statutory=True)` registers a kind of notice with its words."""
    texts = {}
    real = notices.template_of

    def template_of(kind):
        if kind.name in texts:
            return engines["django"].engine.from_string(texts[kind.name])
        return real(kind)

    def register(name, text, *, label="测试通知", wording="", group="测试", **options):
        texts[name] = text
        monkeypatch.setitem(
            registry._kinds, name, registry.Kind(name, label, group, sms=bool(wording), **options)
        )
        if wording:
            monkeypatch.setitem(sms._templates, name, wording)
        return name

    monkeypatch.setattr(notices, "template_of", template_of)
    return register


@pytest.fixture
def away_cache(monkeypatch):
    """A cache whose server is away, with an outage of its own: what another test met there is not remembered."""
    outages = defaultdict(cache._Outage)
    monkeypatch.setattr(cache, "_outages", outages)
    yield cache.TolerantRedisCache(
        "redis://127.0.0.1:1/0", {"OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}}
    )
    for outage in outages.values():
        outage.missed.clear()  # ends its thread
