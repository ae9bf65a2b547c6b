"""The child process: what it is allowed, what it knows, and how its death is answered."""

import json
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from association import child
from association.exchange import reader_child, reading, values
from association.exchange.limits import WorkbookRefused
from tests import workbooks

TOO_SLOW = "读取这个文件用了太长时间，已停止。请删去无关的内容和格式，或分成几份后上传。"
TOO_MUCH = "读取这个文件需要的内存太多，已停止。请删去无关的内容和格式，或分成几份后上传。"
UNREADABLE = "文件的内容无法读取，可能已损坏。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传。"


def refusal(path, **options):
    with pytest.raises(WorkbookRefused) as caught:
        reading.read(path, filename="名册.xlsx", **options)
    return caught.value.sentence


def impostor(monkeypatch, tmp_path, code):
    """Put another program in the child's place."""
    script = tmp_path / "child.py"
    script.write_text(code, encoding="utf-8")
    monkeypatch.setattr(reading, "CHILD", script)
    return workbooks.workbook(tmp_path / "a.xlsx")


def test_a_workbook_and_a_text_table(tmp_path):
    path = workbooks.workbook(tmp_path / "名册.xlsx")
    assert reading.read(path, filename="名册.xlsx") == reader_child.load(path, filename="名册.xlsx")
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert reading.read(path, filename="a.csv") == reader_child.load(path, filename="a.csv")


def test_a_file_that_is_not_there_is_our_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        reading.read(tmp_path / "lost.xlsx", filename="lost.xlsx")


def test_a_refusal_crosses(tmp_path):
    path = workbooks.encrypted(tmp_path / "a.xlsx")
    assert refusal(path) == "文件设了打开密码，无法读取。请在 Excel 中取消密码并保存，再重新上传。"


def test_memory_limit_is_answered(tmp_path):
    """40,000 cells that share one long text pass every check on size: only the limit stops them."""
    assert refusal(workbooks.string_bomb(tmp_path / "a.xlsx"), memory_mb=256) == TOO_MUCH


def test_memory_error_in_python_is_answered():
    assert reader_child._answer(MemoryError()) == {"refused": TOO_MUCH}


def test_time_limit_is_answered_and_the_child_is_gone(tmp_path, monkeypatch):
    path = impostor(monkeypatch, tmp_path, "import time; time.sleep(600)")
    started, processes = time.monotonic(), []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **more: processes.append(popen(*args, **more)) or processes[0]
    )
    assert refusal(path, timeout=1) == TOO_SLOW
    assert time.monotonic() - started < 30
    assert processes[0].returncode == -9


def test_processor_limit_is_set_by_the_child_itself(tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(reading.CHILD.parents[1])!r})\n"
        "from exchange.reader_child import limit\nlimit(1, 512)\nwhile True: pass"
    )
    code = subprocess.run([sys.executable, "-I", "-c", code], timeout=60).returncode
    assert reading.EPITAPHS.of(code) == TOO_SLOW


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("import os; os.abort()", TOO_MUCH),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", UNREADABLE),
        ("import sys; sys.exit(3)", UNREADABLE),
        ("raise SystemError", UNREADABLE),
    ],
)
def test_every_death_is_answered(code, sentence, tmp_path, monkeypatch):
    assert refusal(impostor(monkeypatch, tmp_path, code)) == sentence


def test_a_panic_of_the_parser_is_answered(tmp_path, monkeypatch, capsys):
    panic = type("PanicException", (BaseException,), {})

    def explode(*_):
        raise panic("index out of bounds: 演示文化园")

    monkeypatch.setattr(values, "grids", explode)
    monkeypatch.setattr(reader_child, "limit", lambda *_: None)
    order = {"path": str(workbooks.workbook(tmp_path / "a.xlsx")), "filename": "a.xlsx", "expected": []}
    reader_child.main(json.dumps(order | {"timeout": 9, "memory_mb": 512, "as_it_stands": False}))
    assert json.loads(capsys.readouterr().out) == {"refused": UNREADABLE}


def test_an_error_of_our_own_is_logged_without_the_content(tmp_path, monkeypatch, caplog):
    answer = reader_child._answer(_raised(KeyError("演示文化园")))
    assert answer["crashed"].startswith("KeyError at test_exchange_child.py:")
    path = impostor(monkeypatch, tmp_path, f"print({json.dumps(json.dumps(answer))})")
    assert refusal(path) == UNREADABLE
    assert "KeyError at test_exchange_child.py" in caplog.text
    assert "演示文化园" not in caplog.text


def _raised(error):
    try:
        raise error
    except type(error) as caught:
        return caught


def test_the_child_knows_neither_django_nor_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    code = (
        "import os, runpy, sys\n"
        "sys.argv[0] = child = " + repr(str(reading.CHILD)) + "\n"
        "runpy.run_path(child, run_name='__main__')\n"
        "print('\\n' + repr(sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'association'))))\n"
        "print(sorted(os.environ.keys() & {'SECRET_KEY', 'DATABASE_URL', 'PATH', 'HOME'}))"
    )
    path = impostor(monkeypatch, tmp_path, code)
    command = [sys.executable, "-I", "-X", "utf8", str(reading.CHILD)]
    order = {"path": str(path), "filename": "", "expected": [], "timeout": 20, "memory_mb": 512}
    output = child.run([*command, json.dumps(order)], 30, reading.EPITAPHS)
    assert output.decode().split("\n")[-3:] == ["[]", "[]", ""]


def test_core_files_and_writing_are_forbidden():
    code = (
        f"import sys, resource; sys.path.insert(0, {str(reading.CHILD.parents[1])!r})\n"
        "from exchange.reader_child import limit\nlimit(5, 300)\n"
        "print([resource.getrlimit(name) for name in "
        "(resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS)])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60)
    memory = 300 * 2**20
    assert done.stdout.strip() == str([(0, 0), (0, 0), (5, 6), (memory, memory)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    member=st.sampled_from(
        ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
    ),
    place=st.floats(0, 1),
    length=st.integers(0, 12),
    filling=st.sampled_from(
        [b"", b"1", b"\xff", b"\0", b"<v>", b"</c>", b"1E999", b"XFD1048576", b"&x;", b'"', b"-1"]
    ),
)
def test_whatever_is_damaged_there_is_an_answer(tmp_path, member, place, length, filling):
    """Damage anywhere in a good workbook gives a table or a sentence, never another error."""
    members = workbooks.parts(strings=["甲"])
    content = members[member].encode()
    start = int(place * len(content))
    members[member] = content[:start] + filling + content[start + length :]
    path = workbooks.save(tmp_path / "a.xlsx", members)
    try:
        answer = f"{len(reader_child.load(path).rows)} 行。"
    except WorkbookRefused as refused:
        answer = refused.sentence
    assert answer.endswith("。")
