"""A walk through untrusted XML with expat: nothing is kept, nothing is expanded, nothing is fetched."""

from xml.parsers import expat

from .limits import RESAVE, WorkbookRefused, damaged

# Expat (before 2.6) reads an unfinished tag again from its start with every chunk: quadratic time.
MAX_TOKEN_BYTES = 2**20
UTF8_NAMES = {None, "utf-8", "utf8", "us-ascii", "ascii"}


class Stop(Exception):
    """Raised by a handler that has seen enough."""


def walk(chunks, *, start=None, end=None, attach=None, utf8_only=False, part=""):
    """Parse the chunks and call the handlers; `attach(parser)` may set more of them.

    Raises WorkbookRefused on a DOCTYPE, an entity, or anything not well-formed. `utf8_only` is for parts
    that calamine reads too: it drops CDATA and shows UTF-16 as an empty sheet, and a table that silently
    loses cells is worse than one that is refused.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if utf8_only:
        parser.XmlDeclHandler = _refuse_encoding
        parser.StartCdataSectionHandler = _refuse_cdata
    if attach:
        attach(parser)
    try:
        _feed(parser, chunks, utf8_only)
    except Stop:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise damaged(part) from error


def local(name):
    """The name without its prefix: writers may call the main namespace what they like."""
    return name.rpartition(":")[2]


def check_prolog(chunks, part=""):
    """Refuse a DOCTYPE or entities in a part that nobody will parse; reads as far as the first element."""
    walk(chunks, start=_stop, part=part)


def _stop(_name, _attributes):
    raise Stop


def _feed(parser, chunks, utf8_only):
    fed = 0
    for chunk in chunks:
        if not fed and utf8_only and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in chunk[:4]):
            raise _foreign_encoding()
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
            raise WorkbookRefused(f"文件里有长得不正常的标记，可能有害，不予读取。{RESAVE}")
    parser.Parse(b"", True)


def _refuse_doctype(*_):
    raise WorkbookRefused(f"文件里含有实体声明（DOCTYPE），可能有害，不予读取。{RESAVE}")


def _refuse_encoding(_version, encoding, _standalone):
    if (encoding and encoding.lower()) not in UTF8_NAMES:
        raise _foreign_encoding()


def _refuse_cdata():
    raise WorkbookRefused(f"文件里有无法可靠读取的内容（CDATA）。{RESAVE}")


def _foreign_encoding():
    return WorkbookRefused(f"文件内部没有使用 UTF-8 编码，无法可靠读取。{RESAVE}")
