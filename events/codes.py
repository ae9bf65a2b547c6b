"""A code as a picture; pure."""

import base64
import io

import qrcode
from qrcode.image.svg import SvgPathFillImage


def code_image(text: str) -> str:
    """The QR code of a text as a data address (SVG), because a page may load no foreign picture."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, box_size=10)
    code.add_data(text)
    target = io.BytesIO()
    code.make_image(image_factory=SvgPathFillImage).save(target)
    return "data:image/svg+xml;base64," + base64.b64encode(target.getvalue()).decode()
