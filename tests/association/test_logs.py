"""Logs: one JSON line an event, with the request's id and without what belongs to persons."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from association.logs import logging_config
from association.middleware import lost_race
from members.models import Organization
from tests.factories import PASSWORD


@pytest.fixture
def lines():
    """What the process writes to its log while the test runs, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    config = logging_config("DEBUG")["formatters"]["json"]
    factory = config["()"]
    handler.setFormatter(factory(**{k: v for k, v in config.items() if k != "()"}))
    loggers = [logging.getLogger(), logging.getLogger("django.server")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
    loggers[0].setLevel("DEBUG")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_an_event_is_one_line_of_json_with_its_values(lines):
    structlog.get_logger("test.place").warning("sth.happened", job_id=5, text="汉字\n第二行")
    (line,) = lines()
    assert (line["event"], line["job_id"], line["text"]) == ("sth.happened", 5, "汉字\n第二行")
    assert (line["level"], line["logger"]) == ("warning", "test.place")
    assert line["timestamp"].startswith("20")


def test_records_of_libraries_are_lines_of_json_too(lines):
    logging.getLogger("some.library").error("trouble with %s", "x")
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("trouble with x", "error", "some.library")


def test_a_failure_carries_its_traceback_in_the_same_line(lines):
    try:
        raise ValueError("nichts")
    except ValueError:
        structlog.get_logger("test.place").exception("sth.failed")
    (line,) = lines()
    assert line["exception"].endswith("ValueError: nichts")


def test_a_failing_request_is_logged_with_its_id(client, lines):
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = "0" * 32
    page = client.get("/today/")
    found = [line for line in lines() if line["event"] == "request.failed"]
    assert [(f["status"], f["request_id"]) for f in found] == [(500, page["X-Request-Id"])]


@pytest.mark.django_db
def test_lines_of_one_request_share_its_id_and_the_next_has_another(client, lines):
    ids = [client.get("/nichts/")["X-Request-Id"] for _ in range(2)]
    found = [line.get("request_id") for line in lines() if "Not Found" in str(line["event"])]
    assert len(set(ids)) == 2
    assert found == ids


@pytest.mark.django_db
def test_a_failed_sign_in_leaves_nothing_personal_in_the_log(client, lines, secretary):
    for email, password in (
        ("secretary@test.cn", "falsches-wort"),
        ("unbekannt@test.cn", "falsches-wort"),
        ("secretary@test.cn", PASSWORD),
    ):
        client.post("/accounts/login/", {"login": email, "password": password})
    client.post("/accounts/password/reset/", {"email": "secretary@test.cn"})
    text = json.dumps(lines(), ensure_ascii=False)
    assert [
        w for w in ("secretary", "unbekannt", "falsches", PASSWORD, "陈思远", "199000") if w in text
    ] == []


@pytest.mark.django_db
def test_work_on_records_leaves_nothing_personal_in_the_log(as_user, lines, secretary, park_unit):
    client = as_user(secretary)
    contact = park_unit.contact_roles.get(duty="liaison").contact
    url = f"/members/{park_unit.pk}/contacts/{contact.pk}/edit/"
    data = {"name": "赵联络", "mobile": "13812345678", "email": "zhao@test.cn"}
    client.post(url, data | {"version": contact.version})
    client.post(url, data | {"version": 99, "mobile": "13912345678"})
    client.post(url, data | {"version": 99, "mobile": "1391234"})
    client.get("/search/", {"q": "赵联络"})
    text = json.dumps(
        [line for line in lines() if line["logger"] != "django.db.backends"], ensure_ascii=False
    )
    assert [w for w in ("赵联络", "1381234", "1391234", "zhao@") if w in text] == []


@pytest.mark.django_db
def test_a_lost_race_is_logged_by_the_name_of_its_constraint_only(rf, lines, other_unit):
    request = rf.post("/members/new/")
    request.htmx = False
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Organization.objects.create(name="后到", credit_code=other_unit.credit_code)
    assert other_unit.credit_code in str(caught.value)
    assert lost_race(request, caught.value).status_code == 409
    (line,) = [line for line in lines() if line["event"] == "database.lost_race"]
    assert line["constraint"] == "organization_credit_code_unique"
    assert other_unit.credit_code not in str(line)
