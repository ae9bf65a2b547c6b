"""Draws a page of the layout: as a PNG by Pillow, as a PDF with text that can be selected by fpdf2."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw

from members.certificates.layout import PAPER, Code, Page, Printed, Ring, Rule, Text, a4, phone
from members.certificates.lettering import face, font_path

PHONE_PIXELS = 10
PRINT_DPI = 200
MM_PER_INCH, POINTS_PER_MM = 25.4, 72 / 25.4
DASH = 3.0  # degrees of a dash of the ring, and of the gap after it
FINER = 4


def a4_png(printed: Printed) -> bytes:
    """The sheet as a picture of 200 dots an inch, 2339 × 1654."""
    return png(a4(printed), PRINT_DPI / MM_PER_INCH, dpi=PRINT_DPI)


def phone_png(printed: Printed) -> bytes:
    """The picture for a phone, 1080 × 1920."""
    return png(phone(printed), PHONE_PIXELS)


def code_rows(payload: str) -> list[list[bool]]:
    """The modules of a QR code, without the quiet zone; a quarter of it may be damaged or dirty."""
    import qrcode  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0)
    code.add_data(payload)
    code.make(fit=True)
    return code.get_matrix()


def _runs(rows):
    """(row, first column, how many) of every unbroken run of dark modules."""
    for y, row in enumerate(rows):
        x = 0
        for dark, group in groupby(row):
            number = len(list(group))
            if dark:
                yield y, x, number
            x += number


# --- the picture ----------------------------------------------------------------------------------------------


def png(page: Page, scale: float, *, dpi: int = 0) -> bytes:
    """The page as a PNG of `scale` pixels a unit."""
    image = Image.new("RGB", (round(page.width * scale), round(page.height * scale)), PAPER)
    pen = ImageDraw.Draw(image)
    for mark in page.marks:
        _PAINT[type(mark)](image, pen, mark, scale)
    target = BytesIO()
    image.save(target, "PNG", **({"dpi": (dpi, dpi)} if dpi else {}))
    return target.getvalue()


def _paint_text(image, pen, text, scale):
    font, x, y = face(round(text.size * scale)), text.left * scale, text.y * scale
    if not text.tracking:
        pen.text((x, y), text.text, font=font, fill=text.colour, anchor="ls")
        return
    for character in text.text:
        pen.text((x, y), character, font=font, fill=text.colour, anchor="ls")
        x += font.getlength(character) + text.tracking * scale


def _paint_rule(image, pen, rule, scale):
    thick = max(round(rule.thickness * scale), 1)
    x1, x2 = sorted((round(rule.x1 * scale), round(rule.x2 * scale)))
    y1, y2 = sorted((round(rule.y1 * scale), round(rule.y2 * scale)))
    half = thick // 2
    pen.rectangle((x1 - half, y1 - half, x2 - half + thick - 1, y2 - half + thick - 1), fill=rule.colour)


def _paint_ring(image, pen, ring, scale):
    """Drawn finer in a mask of its own and made smaller: Pillow's arcs have steps."""
    side = round((ring.radius * 2 + 1) * scale)
    mask = Image.new("L", (side * FINER, side * FINER))
    thick = max(round(ring.thickness * scale * FINER), FINER)
    inset = scale * FINER / 2
    box = (inset, inset, side * FINER - inset, side * FINER - inset)
    pencil = ImageDraw.Draw(mask)
    for step in range(round(180 / DASH)):
        pencil.arc(box, step * 2 * DASH, (step * 2 + 1) * DASH, fill=255, width=thick)
    mask = mask.resize((side, side), Image.Resampling.BOX)
    corner = (round((ring.x - ring.radius - 0.5) * scale), round((ring.y - ring.radius - 0.5) * scale))
    image.paste(Image.new("RGB", mask.size, ring.colour), corner, mask)


def _paint_code(image, pen, code, scale):
    rows = code_rows(code.payload)
    module = code.side * scale / len(rows)
    for y, x, number in _runs(rows):
        left, top = code.x * scale + x * module, code.y * scale + y * module
        # Edges are rounded alike for neighbours, so that no hair of paper shows between them.
        box = (round(left), round(top), round(left + number * module) - 1, round(top + module) - 1)
        pen.rectangle(box, fill="black")


_PAINT = {Text: _paint_text, Rule: _paint_rule, Ring: _paint_ring, Code: _paint_code}


# --- the PDF --------------------------------------------------------------------------------------------------


def a4_pdf(printed: Printed) -> bytes:
    """The sheet as a PDF; the face is embedded as far as it is used."""
    from fpdf import FPDF  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    page = a4(printed)
    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_margin(0)
    pdf.set_auto_page_break(False)
    pdf.set_title(f"会员证 {printed.number}")
    pdf.set_author(printed.association)
    pdf.set_lang("zh-CN")
    pdf.set_creation_date(datetime.combine(printed.issued_on, datetime.min.time(), UTC))
    pdf.add_font("face", fname=font_path())
    pdf.add_page()
    pdf.set_fill_color(PAPER)
    pdf.rect(0, 0, page.width, page.height, style="F")
    for mark in page.marks:
        _PRINT[type(mark)](pdf, mark)
    return bytes(pdf.output())


def _print_text(pdf, text):
    pdf.set_font("face", size=text.size * POINTS_PER_MM)
    pdf.set_text_color(text.colour)
    pdf.set_char_spacing(text.tracking * POINTS_PER_MM)
    pdf.text(text.left, text.y, text.text)


def _print_rule(pdf, rule):
    pdf.set_draw_color(rule.colour)
    pdf.set_line_width(rule.thickness)
    pdf.line(rule.x1, rule.y1, rule.x2, rule.y2)


def _print_ring(pdf, ring):
    pdf.set_draw_color(ring.colour)
    pdf.set_line_width(ring.thickness)
    dash = ring.radius * 2 * 3.1416 * DASH / 360
    with pdf.local_context():
        pdf.set_dash_pattern(dash=dash, gap=dash)
        pdf.ellipse(ring.x - ring.radius, ring.y - ring.radius, ring.radius * 2, ring.radius * 2)


def _print_code(pdf, code):
    rows = code_rows(code.payload)
    module = code.side / len(rows)
    pdf.set_fill_color(0)
    for y, x, number in _runs(rows):
        # A hair taller, or viewers show a line of paper between two rows.
        pdf.rect(code.x + x * module, code.y + y * module, number * module, module * 1.02, style="F")


_PRINT = {Text: _print_text, Rule: _print_rule, Ring: _print_ring, Code: _print_code}
