"""Letters by SMTP: one connection for a batch, every reply read as now, never, or not at this address."""

import re
import smtplib
from email.utils import format_datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from association import notices
from association.choices import AddressHealth
from association.gateways.errors import Failed, Temporary

AWAY = "邮件服务器连不上。"
# Of the refusals after the text was sent these speak of the mailbox, the others of the text.
MAILBOX_CODES = {550, 551, 553}
LINK = re.compile(r"https?://\S+")


class _Watched:
    """Knows whether the whole text of the letter in hand has left: what goes wrong from then on says nothing about
    whether the letter was taken."""

    handed_over = False

    def mail(self, *args, **kwargs):
        self.handed_over = False
        return super().mail(*args, **kwargs)

    def send(self, data):
        super().send(data)
        end = b"\r\n.\r\n" if isinstance(data, bytes) else "\r\n.\r\n"
        self.handed_over = self.handed_over or data.endswith(end)


class _Plain(_Watched, smtplib.SMTP):
    pass


class _Encrypted(_Watched, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """Django's own on a connection that is watched."""

    @property
    def connection_class(self):
        return _Encrypted if self.use_ssl else _Plain


class Smtp:
    """A batch's connection by Django's e-mail backend; opened with the first letter, again after it broke off."""

    def __enter__(self):
        self.connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        self.is_open = False
        return self

    def __exit__(self, *problem):
        self._close()

    def send(self, delivery):
        """Hand one letter over. Raises Temporary or Failed; whatever else goes wrong counts as Failed."""
        message = build(delivery, self.connection)
        self._open()
        try:
            self.connection.send_messages([message])
        except Exception as error:
            problem = judged(error)
            if not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                problem.in_doubt = getattr(self.connection.connection, "handed_over", False)
                self._close()
            raise problem from None

    def _open(self):
        if self.is_open:
            return
        try:
            self.connection.open()
        except (smtplib.SMTPException, OSError):
            self._close()
            raise Temporary(AWAY, away=True) from None
        self.is_open = True

    def _close(self):
        self.is_open = False
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            # Said goodbye to nobody: the other side had gone already.
            self.connection.connection = None


def build(delivery, connection=None) -> EmailMultiAlternatives:
    """The letter of a delivery, plain text first. Its Message-ID and date are those of the row: a repeat is the same
    letter."""
    headers = {
        "Message-ID": delivery.message_id,
        "Date": format_datetime(timezone.localtime(delivery.created_at)),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if delivery.notice_id and not _is_statutory(delivery.kind):
        headers["List-Unsubscribe"] = f"<{settings.SITE_URL}/notices/preferences/>"
    message = EmailMultiAlternatives(
        delivery.subject, delivery.text, settings.DEFAULT_FROM_EMAIL, [delivery.address], headers=headers,
        connection=connection,
    )  # fmt: skip
    message.attach_alternative(delivery.html or as_html(delivery.subject, delivery.text), "text/html")
    return message


def _is_statutory(kind) -> bool:
    try:
        return notices.get(kind).statutory
    except KeyError:
        return False


def as_html(subject, text) -> str:
    """The plain text as paragraphs; a line that is an address becomes a link."""
    paragraphs = [[_line(line) for line in part.split("\n")] for part in re.split(r"\n\s*\n", text.strip())]
    return render_to_string("notices/letter.html", {"subject": subject, "paragraphs": paragraphs})


def _line(line) -> dict:
    line = line.strip()
    return {"text": line, "is_link": bool(LINK.fullmatch(line))}


def judged(error) -> Temporary | Failed:
    """What an exception of smtplib means for the letter in hand."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        if code >= 500:
            return Failed(f"收件地址被退回（{code}）。", health=AddressHealth.BOUNCING)
        return Temporary(f"邮件服务器暂时不收此地址（{code}）。")
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        # Our own address or password is wrong: true of every letter, so none of them may be given up for it.
        return Temporary(f"邮件服务器不接受本系统发信（{error.smtp_code}）。", away=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Temporary("邮件服务器中途断开。")
    if isinstance(error, OSError):
        return Temporary("邮件服务器没有回应。", away=True)
    return Failed(f"邮件无法组成（{type(error).__name__}）。")


def _by_code(code) -> Temporary | Failed:
    if code >= 500:
        health = AddressHealth.BOUNCING if code in MAILBOX_CODES else None
        return Failed(f"邮件被退回（{code}）。", health=health)
    return Temporary(f"邮件服务器暂时不收（{code}）。")
