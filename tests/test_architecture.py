"""The lines that the house is built on, where the import checker cannot see them."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
ORDER = ["association", "members", "governance", "events", "alliance", "reports", "outreach"]
OURS = [name for name in ORDER if (ROOT / name / "apps.py").exists()]


def sources(*parts):
    return [
        p for app in OURS for p in (ROOT / app).joinpath(*parts).rglob("*.py") if "migrations" not in p.parts
    ]


def test_models_point_leftwards_only():
    """A foreign key counts as an import, whether it names the class or spells it."""
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if field.related_model._meta.app_label in ORDER
        if ORDER.index(field.related_model._meta.app_label) > ORDER.index(app)
    ]
    assert wrong == []


def test_functions_and_files_keep_to_their_size():
    long = []
    for path in sources():
        text = path.read_text("utf-8")
        if text.count("\n") > 400:
            long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 60:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


def test_templates_and_styles_keep_to_their_size():
    long = [
        str(p.relative_to(ROOT))
        for p in (ROOT / "templates").rglob("*.html")
        if p.read_text("utf-8").count("\n") > 150
    ]
    long += [
        str(p.relative_to(ROOT))
        for p in (ROOT / "static").rglob("*.css")
        if p.read_text("utf-8").count("\n") > 200
    ]
    assert long == []


def test_views_are_five_moves():
    """No view is longer than 25 lines."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources("views")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "request"
        if node.end_lineno - node.lineno + 1 > 25
    ]
    assert long == []


def test_only_domain_writes():
    """Views, forms, admin and desks call verbs; they save, create, update and delete nothing themselves."""
    writing = {
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    allowed = {("association/web.py", "create"), ("association/web.py", "update")}
    found = []
    for path in [
        *sources("views"),
        *sources("forms"),
        *sources("desk"),
        ROOT / "association/desk.py",
        ROOT / "association/web.py",
    ]:
        if not path.exists():
            continue
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in writing
            ):
                owner = ast.unparse(node.func.value)
                if ("objects" in owner or node.func.attr in {"save", "delete"}) and (
                    name,
                    node.func.attr,
                ) not in allowed:
                    found.append(f"{name}:{node.lineno} {owner}.{node.func.attr}")
    assert found == []


def test_public_functions_of_the_domain_say_what_they_do():
    silent = []
    for path in [
        *sources("domain"),
        *(ROOT / a / "queries.py" for a in OURS if (ROOT / a / "queries.py").exists()),
    ]:
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or ast.get_docstring(node):
                continue
            if any(ast.unparse(d) == "verb" for d in node.decorator_list):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_role_names_stand_in_permissions_only():
    """Who may do what is asked as a named question; the roles behind it are named in one place an app."""
    home = {"permissions", "choices", "demo", "models"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        if home.isdisjoint([*path.parts, path.stem])
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role"
        if node.attr.isupper()
    ]
    assert found == []


def urls(patterns=None, prefix=""):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from urls(pattern.url_patterns, prefix + namespace)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


@pytest.mark.parametrize(
    "word", ["TODO", "FIXME", "XXX", "raise NotImplementedError", "敬请期待", "功能开发中"]
)
def test_nothing_is_left_for_later(word):
    files = [*sources(), *(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js")]
    found = [str(p.relative_to(ROOT)) for p in files if word in p.read_text("utf-8")]
    assert found == []


@pytest.mark.xdist_group("together")
def test_tests_of_a_group_stay_together(request):
    """What shares a site or a loaded demonstration is run by one process: the group stands in the test's address."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@together")
