"""The look: tokens, components, shells and error pages, without a browser."""

import re
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime, now, timedelta
from django_cotton.compiler_regex import CottonCompiler

from association.desk import Todo
from association.templatetags import house

ROOT = Path(settings.BASE_DIR)
CSS = ROOT / "static/css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = sorted((ROOT / "templates/cotton").glob("*.html"))


def render(source, **context):
    return Template(CottonCompiler().process(source)).render(Context(context))


# --- tokens ---------------------------------------------------------------------------------------------------


def token_sets() -> dict[str, dict[str, str]]:
    """The colour sets of tokens.css as a browser would compute them; later blocks override earlier ones."""
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", (CSS / "tokens.css").read_text("utf-8"))
    found = {s.strip(): dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", body)) for s, body in blocks}
    light, dark = found[":root"], found[':root[data-theme="dark"]']
    large, both = found[':root[data-size="large"]'], found[':root[data-size="large"][data-theme="dark"]']
    return {
        "light": light,
        "dark": light | dark,
        "light large": light | large,
        "dark large": light | dark | large | both,
    }


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two #rrggbb colours."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunken")),
    *((ink, f"{tone}-soft") for tone in ("good", "warn", "info", "accent") for ink in ("ink", "ink-2", tone)),
    *((tone, ground) for tone in ("good", "warn", "info", "accent") for ground in ("paper", "surface")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("accent", "sunken"),
]
SHAPE_PAIRS = [(name, "paper") for name in ("edge", "focus", "chart-1", "chart-2", "chart-3", "chart-4")]


@pytest.mark.parametrize("name", ["light", "dark", "light large", "dark large"])
def test_every_text_and_every_shape_has_enough_contrast(name):
    tokens = token_sets()[name]
    weak = [(a, b) for a, b in TEXT_PAIRS if contrast(tokens[a], tokens[b]) < 4.5]
    weak += [(a, b) for a, b in SHAPE_PAIRS if contrast(tokens[a], tokens[b]) < 3]
    assert weak == []


def test_large_type_has_the_stronger_contrast():
    sets = token_sets()
    for name in ("light", "dark"):
        plain, large = sets[name], sets[f"{name} large"]
        assert contrast(large["ink-2"], large["paper"]) > contrast(plain["ink-2"], plain["paper"])
        assert contrast(large["ink-3"], large["paper"]) >= 7


def test_the_system_dark_equals_the_chosen_dark():
    text = (CSS / "tokens.css").read_text("utf-8")
    blocks = re.findall(r"(:root[^{]*)\{([^}]*)\}", text)
    found = {s.strip(): " ".join(body.split()) for s, body in blocks}
    assert found[':root:not([data-theme="light"])'] == found[':root[data-theme="dark"]']
    large = found[':root[data-size="large"]:not([data-theme="light"])']
    assert large == found[':root[data-size="large"][data-theme="dark"]']


def test_only_the_tokens_and_the_paper_name_colours():
    named = [
        str(p.relative_to(CSS))
        for p in sorted(CSS.rglob("*.css"))
        if p.name != "tokens.css"
        and "print" not in p.name
        and re.search(r"#[0-9a-fA-F]{3,8}\b", p.read_text("utf-8"))
    ]
    assert named == []


# --- files ----------------------------------------------------------------------------------------------------


def test_every_style_file_and_behaviour_is_listed_once():
    on_disk = {f"css/{p.relative_to(CSS).as_posix()}" for p in CSS.rglob("*.css")}
    linked = {path for t in TEMPLATES for path in re.findall(r"static '(css/[^']+)'", t.read_text("utf-8"))}
    assert len(house.STYLESHEETS) == len(set(house.STYLESHEETS))
    assert on_disk == linked | set(house.STYLESHEETS)
    assert linked & set(house.STYLESHEETS) == set()
    assert sorted(house.BEHAVIOURS) == sorted(p.stem for p in (ROOT / "static/js/behaviours").glob("*.js"))


def test_no_page_carries_a_style_a_script_or_a_handler_of_its_own():
    found = []
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        if re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text):
            found.append(path.name)
    assert found == []


def test_nothing_is_fetched_from_elsewhere():
    pattern = re.compile(r"""(?:src|href)=["'](?:https?:)?//(?!beian\.m)|url\(["']?(?:https?:)?//|@import""")
    files = [
        *TEMPLATES,
        *CSS.rglob("*.css"),
        *(ROOT / "static").rglob("*.js"),
        *(ROOT / "static").rglob("*.svg"),
    ]
    assert [str(p.relative_to(ROOT)) for p in files if pattern.search(p.read_text("utf-8"))] == []


# --- components -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda p: p.stem)
def test_a_component_sees_only_what_it_is_given(path):
    """Every prop has a default, so a page variable of the same name cannot slip in."""
    first = path.read_text("utf-8").split("/>")[0]
    props = re.findall(r"\s:?([a-z_]+)=", first)
    assert re.findall(r"\s([a-z_]+)(?=\s|$)", re.sub(r'"[^"]*"', '""', first)) == []
    if path.stem in ("field", "todo"):
        return
    html = render(f"<c-{path.stem}>正文</c-{path.stem}>", **dict.fromkeys(props, "渗漏"))
    assert "渗漏" not in html


HOSTILE = "<script>alert(1)</script>\"'><img src=x>"


@pytest.mark.parametrize(
    "source",
    [
        '<c-heading :title="x" :above="x" :below="x" />',
        '<c-heading title="{{ x }}" />',
        '<c-button href="{{ x }}">{{ x }}</c-button>',
        '<c-button name="a" value="{{ x }}">按</c-button>',
        '<c-status word="{{ x }}" />',
        "<c-tag>{{ x }}</c-tag>",
        '<c-note title="{{ x }}">{{ x }}</c-note>',
        '<c-empty title="{{ x }}" text="{{ x }}" />',
        '<c-facts :items="pairs" />',
        '<c-fact label="{{ x }}" value="{{ x }}" />',
        '<c-diff label="{{ x }}" :old="x" :new="x" />',
        '<c-figure number="{{ x }}" label="{{ x }}" note="{{ x }}" />',
        '<c-filters :pills="things" clear="{{ x }}" />',
        '<c-views :views="things" path="{{ x }}" current="{{ x }}" />',
        '<c-tabs :items="things" label="{{ x }}" />',
        '<c-timeline :items="things" />',
        '<c-files :items="things" />',
        '<c-dialog id="d" title="{{ x }}">{{ x }}</c-dialog>',
        '<c-drawer id="d" title="{{ x }}">{{ x }}</c-drawer>',
        '<c-menu label="{{ x }}">{{ x }}</c-menu>',
        '<c-progress label="{{ x }}" :done="1" :total="2" unit="{{ x }}" />',
        '<c-steps :items="words" />',
        '<c-table caption="{{ x }}" wide></c-table>',
    ],
)
def test_hostile_text_stays_text(source):
    thing = Thing(label=HOSTILE, text=HOSTILE, url=HOSTILE, name=HOSTILE, query=HOSTILE, count=1, size=1)
    thing.sentence = thing.by = thing.basis = thing.kind = HOSTILE
    thing.happened_at = thing.at = now()
    thing.changes = [Thing(label=HOSTILE, old=HOSTILE, new=HOSTILE)]
    html = render(source, x=HOSTILE, pairs=[(HOSTILE, HOSTILE)], things=[thing], words=[HOSTILE])
    assert "<script" not in html
    assert "<img" not in html
    assert 'alert(1)&lt;/script&gt;"' not in html


class SampleForm(forms.Form):
    name = forms.CharField(label="园区名称", help_text="与牌匾一致。")
    kind = forms.ChoiceField(label="类型", choices=[("a", "厂房"), ("b", "院落")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="公开", required=False)
    licence = forms.FileField(label="执照", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def test_a_field_ties_label_hint_and_error_to_its_control():
    html = render('<c-field :field="f" unit="㎡" />', f=SampleForm({})["name"])
    assert re.search(
        r'<label class="field__label" for="id_name">园区名称<span class="field__need">必填</span>', html
    )
    assert '<div class="field__hint" id="id_name_helptext">与牌匾一致。</div>' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert "㎡" in html


def test_a_set_of_choices_is_a_fieldset_with_a_legend():
    html = render('<c-field :field="f" />', f=SampleForm()["kind"])
    assert html.count("<fieldset") == 1
    assert '<legend class="field__label">类型' in html
    assert html.count('type="radio"') == 2


def test_a_box_stands_inside_its_label_and_a_file_in_its_drop_zone():
    form = SampleForm()
    assert re.search(
        r'<label class="check"><input type="checkbox"[^>]*><span>公开</span></label>',
        render('<c-field :field="f" />', f=form["agreed"]),
    )
    assert "data-drop" in render('<c-field :field="f" />', f=form["licence"])


def test_the_summary_counts_and_links_to_the_first_control_of_each_field():
    form = SampleForm({})
    form.add_error(None, "两处对不上。")
    html = render('<c-errors :form="form" />', form=form)
    assert "有 3 处需要改正" in html
    assert re.findall(r'href="#([^"]+)"', html) == ["id_name", "id_kind_0"]
    assert "<li>两处对不上。</li>" in html
    assert render('<c-errors :form="form" />', form=SampleForm()).strip() == ""


def test_a_form_has_its_key_its_fields_and_one_primary_action():
    html = render(
        '<c-form :form="form" submit="保存" cancel="/back/" draft="unit-5" />',
        form=SampleForm(),
        csrf_token="k",
    )
    assert 'name="csrfmiddlewaretoken" value="k"' in html
    assert html.count("button--primary") == 1
    assert 'enctype="multipart/form-data"' in html
    assert 'data-draft="unit-5" data-guard' in html
    assert [
        name for name in ("name", "kind", "agreed", "licence", "version") if f'name="{name}"' not in html
    ] == []


def test_a_get_form_sends_no_key():
    assert "csrf" not in render(
        '<c-form :form="form" method="get">字段</c-form>', form=SampleForm(), csrf_token="k"
    )


def test_pagination_shows_the_range_and_switches_off_at_the_ends():
    listing = Thing(first=1, last=20, total=5000, page=1, pages=250, previous_url="", next_url="/?page=2")
    html = render('<c-pagination :listing="listing" unit="家" />', listing=listing)
    assert "第 1–20 家，共 5,000 家" in html
    assert '<span class="pages__off">上一页</span>' in html
    assert '<a href="/?page=2" rel="next">下一页</a>' in html


def test_progress_says_its_count_and_rounds_down():
    html = render('<c-progress label="核对" :done="4999" :total="5000" />')
    assert "4,999 / 5,000 行，99%" in html
    assert 'value="99"' in html
    assert "value=" not in render('<c-progress label="核对" />').split(">99")[0]


def test_a_todo_names_its_deadline_and_one_action():
    html = render('<c-todo :todo="t" />', t=Todo("入会申请", "/x/", "初审", "材料齐全"))
    assert html.count('href="/x/"') == 2
    assert "待处理" in html
    assert "初审" in html


def test_an_emptied_value_is_said_in_words():
    assert "空</ins>" in render('<c-diff label="传真" old="010" :new="None" />')
    assert "<del>" not in render('<c-diff label="传真" :old="None" new="010" />')
    assert ">0</dd>" in re.sub(r"\s", "", render('<c-fact label="件数" :value="0" />'))


# --- how the house writes -------------------------------------------------------------------------------------


def test_moments_are_as_short_as_today_allows():
    at = localtime().replace(hour=16, minute=2)
    assert house.moment(at) == "今天 16:02"
    assert house.moment(at - timedelta(days=1)) == "昨天 16:02"
    assert house.moment(at.replace(year=2001, month=3, day=12)) == "2001年3月12日 16:02"
    assert house.moment(None) == ""


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (820, "820 B"), (12_300, "12 KB"), (3_482_113, "3.3 MB")]
)
def test_file_sizes(size, text):
    assert house.file_size(size) == text


@pytest.mark.parametrize(("value", "text"), [(12345, "12,345"), (0, "0"), ("52.4", "52.4"), (True, "True")])
def test_numbers_are_grouped(value, text):
    assert house.number(value) == text


# --- shells and pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_an_error_page_comes_without_any_context(code):
    html = render_to_string(f"{code}.html")
    assert html.count("<h1>") == 1
    assert f"错误 {code}" in html
    assert '<a class="button button--primary" href="/">' in html


def test_the_pages_of_last_resort_need_neither_request_nor_settings():
    for code in (500, 503):
        source = (ROOT / f"templates/{code}.html").read_text("utf-8")
        assert re.findall(r"\{%\s*(\w+)", source) == ["if", "endif"]


def test_a_refusal_shows_its_sentence_once_as_page_and_as_fragment():
    page = render_to_string("409.html", {"sentence": "这家会员 <已经> 退会。"})
    fragment = render_to_string("409.html#sentence", {"sentence": "这家会员 <已经> 退会。"})
    assert page.count("这家会员 &lt;已经&gt; 退会。") == 1
    assert fragment.strip() == '<p class="said" role="alert">这家会员 &lt;已经&gt; 退会。</p>'


def test_the_components_page_is_for_the_house(as_user, secretary, stranger):
    address = reverse("association:look")
    assert as_user(secretary).get(address).status_code == 200
    assert as_user(stranger).get(address).status_code == 403
    assert as_user(None).get(address).status_code == 302


def test_the_workbench_has_one_main_one_heading_and_a_way_past_the_menu(as_user, secretary):
    html = as_user(secretary).get(reverse("association:look")).content.decode()
    assert html.count("<h1>") == 1
    assert html.count("<main") == 1
    assert html.index('href="#main"') < html.index("<nav")
    assert '<html lang="zh-CN"' in html
    assert "<title>组件 · 北京文化产业园区协会</title>" in html
    assert "陈思远" in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_a_chosen_look_stands_on_the_page(as_user, secretary):
    client = as_user(secretary)
    client.post(reverse("association:preferences"), {"theme": "dark", "text_size": "large"})
    html = client.get(reverse("association:preferences")).content.decode()
    assert 'data-theme="dark" data-size="large"' in html
    assert re.search(r'value="dark" checked', html)
    assert re.search(r'value="large" checked', html)


@pytest.mark.django_db
def test_the_sign_in_page_names_no_demo_account_outside_the_demo(as_user, settings):
    settings.DEMO, settings.SITE = False, {}
    html = as_user(None).get(reverse("account_login")).content.decode()
    assert "演示" not in re.sub(r"<footer>.*?</footer>", "", html, flags=re.DOTALL)
    assert html.count('name="password"') == 1


@pytest.mark.django_db
def test_each_demo_account_is_a_form_that_signs_in():
    accounts = [{"label": "秘书处", "email": "a@example.cn", "password": "p"}]
    html = render_to_string("account/login.html", {"demo_accounts": accounts, "form": SampleForm()})
    assert html.count('value="a@example.cn"') == 1
    assert (
        '<input type="hidden" name="login" value="a@example.cn"><input type="hidden" name="password" value="p">'
        in html
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_signup", "account_reset_password_done"]
)
def test_the_entrance_pages_speak_our_words(as_user, name):
    response = as_user(None).get(reverse(name))
    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="entrance"' in html
    assert html.count("<h1>") == 1
