"""Base64, data URIs and URIs (Microsoft: template-functions-string). Text is UTF-8; what is not becomes U+FFFD, as in .NET."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from urllib.parse import quote, unquote_to_bytes, urlsplit

from s2sguard.expression.functions.common import fail, functions, in_length, simple, text
from s2sguard.expression.functions.lenient_json import loads
from s2sguard.expression.interface import Function, Json

_BLANK = re.compile(r"[ \t\r\n]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DATA_URI = re.compile(r"data:([^,]*?)(;base64)?,(.*)", re.DOTALL | re.IGNORECASE)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BASE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)([^?#]*)")


def utf8(value: str) -> bytes:
    """Return the bytes of a string; halves of surrogate pairs become U+FFFD."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", value).encode()


def base64(value: Json) -> str:
    """Return the base64 form of a string."""
    source = text("base64", value)
    in_length("base64", len(source))
    return b64encode(utf8(source)).decode()


def _decoded(name: str, source: str) -> bytes:
    try:
        return b64decode(_BLANK.sub("", source), validate=True)
    except (Base64Error, ValueError):
        return fail(name, "takes base64; the string is not valid base64")


def base64_to_string(value: Json) -> str:
    """Return the string that base64 stands for."""
    return _decoded("base64ToString", text("base64ToString", value)).decode(errors="replace")


def base64_to_json(value: Json) -> Json:
    """Return the JSON value that base64 stands for."""
    return loads("base64ToJson", _decoded("base64ToJson", text("base64ToJson", value)).decode(errors="replace"))


def data_uri(value: Json) -> str:
    """Return a string as a data URI, in the documentation's spelling of the character set."""
    return "data:text/plain;charset=utf8;base64," + base64(text("dataUri", value))


def data_uri_to_string(value: Json) -> str:
    """Return the string that a data URI holds, base64 or percent-encoded."""
    match = _DATA_URI.fullmatch(text("dataUriToString", value))
    if match is None:
        return fail("dataUriToString", "takes a data URI; the string is none")
    data = unquote_to_bytes(utf8(match[3]))
    if match[2]:
        data = _decoded("dataUriToString", data.decode(errors="replace"))
    return data.decode(errors="replace")


def uri_component(value: Json) -> str:
    """Return a string with everything escaped but letters, digits and `-_.~` (RFC 3986, as .NET's Uri.EscapeDataString)."""
    source = text("uriComponent", value)
    in_length("uriComponent", len(source))
    return quote(utf8(source), safe="-_.~")


def uri_component_to_string(value: Json) -> str:
    """Return a string with its escapes resolved; what is no escape stays."""
    return unquote_to_bytes(utf8(text("uriComponentToString", value))).decode(errors="replace")


def uri(base: Json, relative: Json) -> str:
    """Return an absolute URI: `relative` put in place of what follows the last slash of the path of `base`."""
    start, rest = text("uri", base), text("uri", relative)
    match = _BASE.match(start)
    if match is None or not _valid(start):
        return fail("uri", "takes an absolute URI to start from; the string is none")
    if _ABSOLUTE.match(rest):
        return rest
    authority, path = match[1], match[2]
    if rest.startswith("//"):
        return authority.partition("//")[0] + rest
    if rest[:1] in {"?", "#"}:
        return authority + (path or "/") + rest
    kept = "" if rest.startswith("/") else path[: path.rfind("/") + 1] or "/"
    target, mark, tail = _halves(kept + rest)
    return authority + _without_dots(target) + mark + tail


def _valid(address: str) -> bool:
    try:
        return bool(urlsplit(address).netloc)
    except ValueError:
        return False


def _halves(path: str) -> tuple[str, str, str]:
    """Return a path, the mark that ends it, and the query or fragment after that."""
    match = re.search(r"[?#]", path)
    return (path[: match.start()], match.group(), path[match.end() :]) if match else (path, "", "")


def _without_dots(path: str) -> str:
    """Return a path with `.` and `..` carried out (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    *folders, last = path.split("/")
    for part in [*folders, last]:
        if part == "..":
            if len(kept) > 1:
                kept.pop()
        elif part != ".":
            kept.append(part)
    return "/".join([*kept, ""] if last in {".", ".."} else kept)


ENCODING: Mapping[str, Function] = functions(
    simple("base64", base64, 1),
    simple("base64ToJson", base64_to_json, 1),
    simple("base64ToString", base64_to_string, 1),
    simple("dataUri", data_uri, 1),
    simple("dataUriToString", data_uri_to_string, 1),
    simple("uri", uri, 2),
    simple("uriComponent", uri_component, 1),
    simple("uriComponentToString", uri_component_to_string, 1),
)
