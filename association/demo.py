"""Who can sign in to the demonstration: one account for each duty. Names and addresses are invented."""

from association.choices import Role

PASSWORD = "yanshi-2022"

# (duty, name, e-mail address); the members' own people are added by the members app.
DEMO_ACCOUNTS = [
    (Role.SECRETARIAT, "陈思远", "secretary@example.cn"),
    (Role.SECRETARY_GENERAL, "周文清", "secretary-general@example.cn"),
    (Role.TREASURER, "孙会宁", "treasurer@example.cn"),
    (Role.PRESIDENT, "何景行", "president@example.cn"),
    (Role.AUDITOR, "沈明鉴", "auditor@example.cn"),
    (Role.ADMINISTRATOR, "唐立新", "administrator@example.cn"),
]


def shown_accounts() -> list[dict]:
    """The accounts as the sign-in page lists them in demo mode."""
    rows = [
        {"label": Role(role).label, "email": email, "password": PASSWORD} for role, _, email in DEMO_ACCOUNTS
    ]
    return [*rows, {"label": "会员（莱锦）", "email": "member@example.cn", "password": PASSWORD}]
