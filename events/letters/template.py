"""The template of the 转办函, made with python-docx: places to fill in are written in docxtpl's way."""

import functools
import io

from django.conf import settings

SONG, FANG = "宋体", "仿宋"
PLACES = (
    "{{ department }}：",
    "{%p for line in lines %}",
    "{{ line }}",
    "{%p endfor %}",
    "以上诉求（{{ petition }}，{{ kind }}，主题：{{ topic }}）由{{ who }}提出。请贵单位研究办理，并于{{ due }}前书面答复我会，"
    "由我会转达。{{ extra }}",
    "{{ contact }}",
)


@functools.cache
def template() -> bytes:
    """The template as the bytes of a .docx; A4, body in 仿宋 16 points as official letters are written."""
    # Heavy to load, and letters are few.
    from docx import Document  # noqa: PLC0415
    from docx.shared import Cm, Pt  # noqa: PLC0415

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = (
        Cm(2.8),
        Cm(2.6),
        Cm(3.7),
        Cm(3.5),
    )
    _font(document.styles["Normal"], FANG, Pt(16))
    _line(document, settings.ASSOCIATION_NAME, font=SONG, size=Pt(22), centred=True, bold=True)
    _line(document, "{{ number }}", centred=True)
    _line(document, "关于转办“{{ title }}”的函", font=SONG, size=Pt(18), centred=True, bold=True)
    for text in PLACES:
        _line(document, text, indented=text != PLACES[0])
    _line(document, "{{ association }}", right=True)
    _line(document, "{{ day }}", right=True)
    facts = document.core_properties
    facts.author = facts.last_modified_by = settings.ASSOCIATION_NAME
    facts.title, facts.comments, facts.keywords = "转办函", "", ""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _font(style, name, size):
    from docx.oxml.ns import qn  # noqa: PLC0415

    style.font.name, style.font.size = name, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)


def _line(document, text, *, font=None, size=None, centred=False, right=False, bold=False, indented=False):
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if font:
        run.font.name, run.font.size = font, size
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if indented:
        # Two characters, as paragraphs of a letter begin.
        paragraph.paragraph_format.first_line_indent = (
            run.font.size or document.styles["Normal"].font.size * 2
        )
    return paragraph
