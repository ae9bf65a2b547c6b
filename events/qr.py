"""QR codes as pictures for a page; pure."""

import base64
import io


def picture(text: str) -> str:
    """A QR code of the text: a data address, because a page may load no foreign picture."""
    import qrcode  # noqa: PLC0415  (heavy, and a web process seldom needs it)
    from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2, box_size=10)
    code.add_data(text)
    target = io.BytesIO()
    code.make_image(image_factory=SvgPathFillImage).save(target)
    return "data:image/svg+xml;base64," + base64.b64encode(target.getvalue()).decode()
