"""The ways out of the house: a real mail server, a provider of text messages, and files in a demonstration."""

import hashlib
import hmac
import json
import os
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings as django_settings
from django.core.checks import Error, Warning

from association import checks, gateways, sms
from association.choices import AddressHealth, Channel
from association.domain import outbox
from association.errors import Refused
from association.gateways import files
from association.gateways.errors import Failed, Temporary
from association.gateways.smtp import as_html, build, judged
from association.models import Delivery
from tests.sink import mail_server

CODE = "您的验证码是{{ code }}，五分钟内有效，请勿告诉他人。"


@pytest.fixture
def sink(settings):
    settings.DEMO = False
    settings.EMAIL_BACKEND = "association.gateways.smtp.Backend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 2
    with mail_server() as script:
        settings.EMAIL_PORT = script.port
        yield script


@pytest.fixture
def code_template(monkeypatch):
    monkeypatch.setitem(sms._templates, "test_code", CODE)
    return "test_code"


def a_letter(
    to="zhang@test.cn",
    subject="入会申请已通过",
    text="张三，您好：\n\n已通过。\n\nhttp://127.0.0.1:8000/today/",
    **more,
):
    return outbox.post_mail(to=to, subject=subject, text=text, **more)


def send(*deliveries):
    """Hand them over by one connection; gives for each None or the problem."""
    found = []
    with gateways.gateway_for(deliveries[0].channel) as way:
        for delivery in deliveries:
            try:
                way.send(delivery)
                found.append(None)
            except (Temporary, Failed) as problem:
                found.append(problem)
    return found


# --- letters ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_letter_arrives_as_it_was_written_plain_text_first(sink):
    delivery = a_letter()
    assert send(delivery) == [None]
    letter = sink.letters[0]
    plain, html = letter.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().replace("\r\n", "\n").strip() == delivery.text
    assert '<a href="http://127.0.0.1:8000/today/">' in html.get_content()
    assert (str(letter["To"]), str(letter["Subject"])) == ("zhang@test.cn", "入会申请已通过")
    assert letter["Message-ID"] == delivery.message_id
    assert letter["Auto-Submitted"] == "auto-generated"
    assert (letter.envelope_to, letter["Date"] is not None) == (["zhang@test.cn"], True)


@pytest.mark.django_db
def test_a_repeat_is_the_same_letter(sink):
    delivery = a_letter()
    assert send(delivery, Delivery.objects.get()) == [None, None]
    assert sink.ids == [delivery.message_id] * 2
    assert sink.letters[0]["Date"] == sink.letters[1]["Date"]


@pytest.mark.django_db
def test_a_batch_goes_over_one_connection(sink):
    assert send(*(a_letter(to=f"p{n}@test.cn") for n in range(5))) == [None] * 5
    assert (len(sink.letters), len(sink.sessions)) == (5, 1)


@pytest.mark.django_db
def test_one_refused_address_does_not_stop_the_others(sink):
    sink.at_rcpt = {"gone@test.cn": "550 5.1.1 gone@test.cn does not exist"}
    refused, taken = send(a_letter(to="gone@test.cn"), a_letter())
    assert isinstance(refused, Failed)
    assert (refused.reason, refused.health) == ("收件地址被退回（550）。", AddressHealth.BOUNCING)
    assert (taken, len(sink.letters), len(sink.sessions)) == (None, 1, 1)


@pytest.mark.parametrize(
    ("where", "reply", "kind", "health"),
    [
        ("at_rcpt", "451 4.7.1 greylisted", Temporary, None),
        ("at_rcpt", "452 too many", Temporary, None),
        ("at_rcpt", "550 no such user", Failed, "bouncing"),
        ("at_data", "451 try later", Temporary, None),
        ("at_data", "550 mailbox gone", Failed, "bouncing"),
        ("at_data", "554 looks like spam", Failed, None),
    ],
)
@pytest.mark.django_db
def test_what_a_reply_means(sink, where, reply, kind, health):
    setattr(sink, where, {"": reply})
    problem = send(a_letter())[0]
    assert (type(problem), getattr(problem, "health", None)) == (kind, health)
    assert getattr(problem, "away", False) is False


@pytest.mark.django_db
def test_reasons_never_hold_the_address(sink):
    sink.at_rcpt = {"": "550 5.1.1 <secret.person@test.cn> unknown"}
    assert "secret" not in send(a_letter(to="secret.person@test.cn"))[0].reason


@pytest.mark.django_db
def test_a_server_that_breaks_off_is_asked_anew_for_the_next_letter(sink):
    sink.drops = 1
    first, second = send(a_letter(to="a@test.cn"), a_letter(to="b@test.cn"))
    assert (type(first), first.away, second) == (Temporary, False, None)


@pytest.mark.django_db
def test_a_server_that_refuses_the_connection_is_away(sink, settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]
        problem = send(a_letter())[0]
    assert (type(problem), problem.away, problem.reason) == (Temporary, True, "邮件服务器连不上。")


@pytest.mark.django_db
def test_a_server_that_keeps_silent_is_away(sink, settings):
    settings.EMAIL_TIMEOUT = 0.3
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_PORT = silent.getsockname()[1]
        problem = send(a_letter())[0]
    assert (type(problem), problem.away) == (Temporary, True)


@pytest.mark.parametrize(
    ("error", "kind", "away"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), Temporary, True),
        (smtplib.SMTPSenderRefused(550, b"no", "us@test.cn"), Temporary, True),
        (smtplib.SMTPServerDisconnected("gone"), Temporary, False),
        (TimeoutError(), Temporary, True),
        (ssl.SSLCertVerificationError("self-signed"), Temporary, True),
        (UnicodeEncodeError("ascii", "张", 0, 1, "no"), Failed, None),
        (ValueError("odd"), Failed, None),
    ],
)
def test_what_else_may_go_wrong(error, kind, away):
    problem = judged(error)
    assert (type(problem), getattr(problem, "away", None)) == (kind, away)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject", ["标题\r\nBcc: evil@test.cn", "标题\nX: 1", "标题\x0b\x0cX", "标题\u2028X"]
)
def test_a_line_break_in_a_subject_adds_no_header(sink, subject):
    assert send(a_letter(subject=subject)) == [None]
    letter = sink.letters[0]
    assert letter["Bcc"] is None
    assert letter["X"] is None
    assert letter.envelope_to == ["zhang@test.cn"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "",
        "zhang",
        "zhang@",
        "a@test.cn\nBcc: b@test.cn",
        "a@test.cn\r",
        "a@test.cn, b@test.cn",
        "张三@test.cn x",
        None,
    ],
)
def test_what_is_no_address_is_refused_when_posted(address):
    with pytest.raises(Refused, match="邮箱地址不正确"):
        a_letter(to=address)
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_an_address_spoilt_in_the_database_reaches_nobody_else(sink):
    delivery = a_letter()
    delivery.address = "zhang@test.cn\r\nBcc: evil@test.cn"
    assert type(send(delivery)[0]) is Failed
    assert sink.letters == []


@pytest.mark.django_db
def test_letters_of_notices_name_where_to_decline_unless_they_must_arrive(tellable, member):
    from association.domain.notices import notify  # noqa: PLC0415  (only here)

    notify([member], tellable("test.news", "消息"))
    notify([member], tellable("test.law", "表决", statutory=True))
    a_letter()
    found = [build(d).extra_headers.get("List-Unsubscribe") for d in Delivery.objects.order_by("pk")]
    assert found == ["<http://127.0.0.1:8000/notices/preferences/>", None, None]


def test_markup_in_a_text_is_shown_and_not_obeyed():
    html = as_html("标题", "<script>alert(1)</script>\n第二行\n\nhttps://a.cn/?a=1&b=2")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in html
    assert '<a href="https://a.cn/?a=1&amp;b=2">' in html


# --- text messages ------------------------------------------------------------------------------------------


@pytest.fixture
def provider(settings, code_template):
    """A provider's address; `provider.answer` is its (status, body), `provider.asked` what was posted."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append((self.path, dict(self.headers), body))
            server.peers.add(self.client_address)
            status, text = server.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.peers, server.answer = [], set(), (200, b'{"code": "OK"}')
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.DEMO = False
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/v1/send"
    settings.SMS_GATEWAY_KEY, settings.SMS_GATEWAY_SECRET = "key-1", "secret-1"
    settings.SMS_TEMPLATES = {code_template: "SMS_1001"}
    yield server
    server.shutdown()
    server.server_close()


def a_message(**values):
    return outbox.post_sms(to="138 0000 0001", template="test_code", values={"code": "123456"} | values)


@pytest.mark.django_db
def test_a_text_message_is_posted_with_template_values_and_proof(provider):
    delivery = a_message()
    assert send(delivery) == [None]
    path, headers, body = provider.asked[0]
    assert json.loads(body) == {
        "phone": "13800000001",
        "request_id": delivery.message_id[1:33],
        "signature": "北京文化园区协会",
        "template": "SMS_1001",
        "values": {"code": "123456"},
    }
    text = "\n".join(
        ["POST", "/v1/send", headers["X-Timestamp"], headers["X-Nonce"], hashlib.sha256(body).hexdigest()]
    )
    assert path == "/v1/send"
    assert headers["X-Key"] == "key-1"
    assert headers["X-Signature"] == hmac.new(b"secret-1", text.encode(), hashlib.sha256).hexdigest()


@pytest.mark.django_db
def test_posted_again_it_bears_the_same_number_and_another_proof(provider):
    delivery = a_message()
    send(delivery, delivery)
    (_, first, body), (_, second, again) = provider.asked
    assert body == again
    assert first["X-Nonce"] != second["X-Nonce"]
    assert len(provider.peers) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "away", "health"),
    [
        ((200, b'{"code": "BUSY"}'), Temporary, False, None),
        ((429, b""), Temporary, False, None),
        ((500, b""), Temporary, True, None),
        ((401, b'{"code": "BAD_KEY"}'), Temporary, True, None),
        ((200, b"<html>hotel wifi</html>"), Temporary, True, None),
        ((200, b"[]"), Temporary, True, None),
        ((200, b'{"code": "INVALID_NUMBER"}'), Failed, None, "bouncing"),
        ((200, b'{"code": "UNSUBSCRIBED"}'), Failed, None, "blocked"),
        ((400, b'{"code": "TEMPLATE"}'), Failed, None, None),
        ((404, b""), Failed, None, None),
    ],
)
@pytest.mark.django_db
def test_what_a_provider_may_answer(provider, answer, kind, away, health):
    provider.answer = answer
    problem = send(a_message())[0]
    found = (type(problem), getattr(problem, "away", None), getattr(problem, "health", None))
    assert found == (kind, away, health)
    assert "13800000001" not in problem.reason


@pytest.mark.django_db
def test_a_provider_that_is_not_there_is_away(provider, settings):
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    problem = send(a_message())[0]
    assert (type(problem), problem.away) == (Temporary, True)


@pytest.mark.django_db
def test_a_template_without_its_number_fails_for_good(provider, settings):
    settings.SMS_TEMPLATES = {}
    assert send(a_message())[0].reason == "短信模板没有报备编号。"
    assert provider.asked == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1" * 21, "超过 20 个字"),
        ("见 https://a.cn", "不能有链接"),
        ("www.a.cn", "不能有链接"),
        ("evil.com", "不能有链接"),
        ("【某银行】", "不能有链接"),
        ("12\n34", "不能有链接、换行"),
    ],
)
def test_what_a_carrier_would_refuse_is_refused_when_posted(code_template, code, sentence):
    with pytest.raises(Refused, match=sentence):
        a_message(code=code)
    assert Delivery.objects.count() == 0


@pytest.mark.django_db
def test_seventy_characters_with_the_signature_and_not_one_more(monkeypatch):
    frame = len(sms.signed(""))
    for extra in (0, 1):
        monkeypatch.setitem(sms._templates, "test_long", "字" * (70 - frame - 6 + extra) + "{{ code }}")
        if extra:
            with pytest.raises(Refused, match="不能超过 70 个字，现在是 71 个字"):
                outbox.post_sms(to="13800000001", template="test_long", values={"code": "123456"})
        else:
            outbox.post_sms(to="13800000001", template="test_long", values={"code": "123456"})
    assert sms.length(Delivery.objects.get().text) == 70


def test_a_rare_character_counts_twice():
    assert sms.length("𬭎字") == 3


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["", "123", "010-66660000", "1380000000", None])
def test_what_is_no_mobile_number_is_refused(code_template, number):
    with pytest.raises(Refused) as refusal:
        outbox.post_sms(to=number, template="test_code", values={"code": "1"})
    assert (refusal.value.status, refusal.value.sentence[-1]) == (422, "。")


def test_a_variable_left_out_is_a_mistake_of_the_program(code_template):
    with pytest.raises(KeyError, match="缺少变量：code"):
        sms.filled("test_code", {})


# --- checks -------------------------------------------------------------------------------------------------


def test_every_wording_of_the_house_is_in_order():
    assert checks.wordings_exist(None) == []
    assert checks.text_messages_fit(None) == []


def test_a_kind_without_its_text_and_a_text_too_long_are_found(tellable, monkeypatch):
    tellable("test.silent", "")
    assert [p.id for p in checks.wordings_exist(None)] == ["notices.E001"]
    for wording in ("字" * 61, "一\n二", "{% if x %}一{% endif %}", "见【通知】"):
        monkeypatch.setitem(sms._templates, "test_bad", wording)
        assert [p.id for p in checks.text_messages_fit(None)] == ["notices.E002"]


def test_a_provider_without_tls_or_numbers_is_found(settings, code_template):
    settings.DEMO, settings.SMS_GATEWAY_URL = False, "http://sms.example.cn/"
    settings.SMS_GATEWAY_SECRET = ""
    found = checks.gateway_is_ready(None)
    assert [(type(p), p.id) for p in found] == [
        (Error, "notices.E003"), (Error, "notices.E004"), (Warning, "notices.W001")
    ]  # fmt: skip
    settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = "https://sms.example.cn/", "s"
    settings.SMS_TEMPLATES = dict.fromkeys(sms.names(), "1")
    assert checks.gateway_is_ready(None) == []


# --- a demonstration reaches nobody -------------------------------------------------------------------------

REAL = {
    "DEMO": "1",
    "EMAIL_BACKEND": "association.gateways.smtp.Backend",
    "EMAIL_HOST": "mail.example.cn",
    "SMS_GATEWAY_URL": "https://sms.example.cn/",
    "SMS_GATEWAY_KEY": "k",
    "SMS_GATEWAY_SECRET": "s",
}


def test_whatever_the_environment_says_a_demonstration_has_no_real_way_out():
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from association import gateways\n"
        "print(settings.EMAIL_BACKEND, *(type(gateways.gateway_for(c)).__name__ for c in ('email', 'sms')))"
    )
    environment = os.environ | REAL | {"DJANGO_SETTINGS_MODULE": "association.settings"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment, cwd=django_settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [
        "django.core.mail.backends.filebased.EmailBackend",
        "FileGateway",
        "FileGateway",
    ]


@pytest.mark.django_db
def test_in_a_demonstration_letters_and_messages_become_files(code_template, settings):
    send(a_letter(), a_letter(to="li@test.cn"))
    send(a_message())
    assert [(m["channel"], m["to"]) for m in files.written()] == [
        (Channel.SMS, "13800000001"),
        (Channel.EMAIL, "li@test.cn"),
        (Channel.EMAIL, "zhang@test.cn"),
    ]
    assert [m["to"] for m in files.written(address="li@")] == ["li@test.cn"]


@pytest.mark.django_db
def test_a_mailbox_that_cannot_be_written_is_away(settings, tmp_path):
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    problem = send(a_letter())[0]
    assert (type(problem), problem.away) == (Temporary, True)


@pytest.mark.django_db
def test_pruning_keeps_the_newest(settings):
    send(*(a_letter(to=f"p{n}@test.cn") for n in range(4)))
    assert files.prune(keep=1) == 3
    assert [m["to"] for m in files.written()] == ["p3@test.cn"]


@pytest.mark.django_db
def test_a_damaged_file_does_not_close_the_mailbox(settings, client):
    send(a_letter())
    (settings.MAILBOX_DIR / "99999999999999999999-0.json").write_text("{")
    assert [m["to"] for m in files.written()] == ["zhang@test.cn"]


@pytest.mark.django_db
def test_the_mailbox_is_open_in_a_demonstration_and_nowhere_else(client, settings):
    send(a_letter(subject="<b>你的验证码</b>", text="你的验证码是 <i>123456</i>"))
    page = client.get("/demo-mailbox/")
    text = page.content.decode()
    assert (page.status_code, "&lt;i&gt;123456&lt;/i&gt;" in text, "<b>你的" in text) == (200, True, False)
    assert "123456" not in client.get("/demo-mailbox/?to=li@test.cn").content.decode()
    settings.DEMO = False
    assert client.get("/demo-mailbox/").status_code == 404
