"""What people are told about their own sign-in: the kinds of notice, and the wording of a code by text message."""

from association import notices, sms

GROUP = "账号安全"
# Codes, links and the answer that there is no account, by mail and by text message: one name in the log for them all.
SIGN_IN = "association.sign_in"
CODE_SMS = "association.sign_in_code"
UNKNOWN_SMS = "association.no_account"
# allauth's name for each event → our kind; what is not listed is not told.
EVENTS = {
    "account/email/password_changed": "association.password_changed",
    "account/email/password_set": "association.password_changed",
    "account/email/password_reset": "association.password_changed",
    "mfa/email/totp_activated": "association.factor_added",
    "mfa/email/webauthn_added": "association.factor_added",
    "mfa/email/totp_deactivated": "association.factor_removed",
    "mfa/email/webauthn_removed": "association.factor_removed",
    "mfa/email/recovery_codes_generated": "association.recovery_codes_made",
}
FACTORS = {"totp": "身份验证器", "webauthn": "通行密钥"}

notices.register("association.password_changed", "密码已更改", statutory=True, group=GROUP)
notices.register("association.factor_added", "增加了第二步验证", statutory=True, group=GROUP)
notices.register("association.factor_removed", "去掉了第二步验证", statutory=True, group=GROUP)
notices.register("association.recovery_codes_made", "重新生成了恢复码", statutory=True, group=GROUP)
notices.register("association.new_device", "在新的设备上登录", statutory=True, group=GROUP)
sms.register(CODE_SMS, "您的登录验证码是{{ code }}，10分钟内有效，请勿告诉他人。")
sms.register(UNKNOWN_SMS, "这个手机号没有可以登录的账号，请联系秘书处。如非本人操作请忽略。")


def factor_name(template_prefix: str) -> str:
    """身份验证器 or 通行密钥, from allauth's name of the event."""
    return next((words for name, words in FACTORS.items() if f"/{name}_" in template_prefix), "")
