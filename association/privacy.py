"""The versions of the privacy policy. A published text is never changed: what changes is a new version.

Each text lies in templates/public/privacy/<key>.html. The law asks for it before anything is collected and for a new
notice when it changes (个人信息保护法 §14, §17); the earlier ones stay readable.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Version:
    """`key` stands in the address; in force from `since` on; `changes` says in a sentence what is new."""

    key: str
    since: date
    changes: str

    @property
    def template(self) -> str:
        return f"public/privacy/{self.key}.html"


# The newest first.
VERSIONS = (
    Version(
        "2026-12",
        date(2026, 12, 1),
        "写明申请入会时收集哪些信息；查看完整联系方式要留下记录，本人可以看到；查阅、复制、更正、删除和单独同意可以登录后自己办理。",
    ),
    Version("2026-11", date(2026, 11, 23), "首次公布。"),
)


def find(key: str) -> Version | None:
    return next((version for version in VERSIONS if version.key == key), None)


def in_force(day) -> Version:
    """The version that holds on `day`; before the first one, the first."""
    return next((version for version in VERSIONS if version.since <= day), VERSIONS[-1])
