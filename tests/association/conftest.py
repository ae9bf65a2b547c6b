import pytest

from association import attachments
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
