"""Writing to people without an account: a code to prove that an address is theirs, and what becomes of their business."""

import secrets

from django.conf import settings
from django.db import transaction

from association import gateways, notices, sms
from association.domain.notices import FOOTER, Words
from association.domain.outbox import post_mail, post_sms

CODE = "association.guest_code"
CODE_SUBJECT = f"【{settings.ASSOCIATION_NAME}】验证码"
CODE_LETTER = """您好：

您的验证码是：

{code}

10 分钟内有效，请勿告诉他人。如果不是您本人在协会网站上办理，不必理会这封邮件。

{footer}"""
sms.register(CODE, "您的验证码是{{ code }}，用于核实这个号码，10分钟内有效，请勿告诉他人。")


def is_mail(address: str) -> bool:
    """Whether a proved address is an e-mail address; else it is a mobile number."""
    return "@" in address


@transaction.atomic
def post_code(address: str, *, keep_trying) -> str:
    """Send six digits to the address, ahead of everything else, and give them; the text is wiped once it has left."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    way = {"to": address, "secret": True, "urgent": True, "kind": CODE, "keep_trying": keep_trying}
    if is_mail(address):
        text = CODE_LETTER.format(code=code, footer=FOOTER)
        post_mail(subject=CODE_SUBJECT, text=text, **way)
    else:
        post_sms(template=CODE, values={"code": code}, **way)
    return code


def tell(address: str, kind: str, *, url: str = "", **context) -> None:
    """Tell somebody without an account, inside a verb, in the words of a registered kind of notice.

    A letter to an e-mail address; to a mobile number the kind's text message, where the house can send any. `url` is an
    address of ours, where the letter leads. Raises Refused for an address that is none, KeyError for an unknown kind.
    """
    words = Words(notices.get(kind), url, context)
    if is_mail(address):
        title, body = words.letter(None)
        link = f"{settings.SITE_URL}{url}" if url else ""
        text = "\n\n".join(part for part in ("您好：", body or title, link, FOOTER) if part)
        post_mail(to=address, subject=f"【{settings.ASSOCIATION_NAME}】{title}", text=text, kind=kind)
    elif gateways.sends_sms() and words.kind.sms:
        post_sms(to=address, template=kind, values=words.sms_values(None), kind=kind)
