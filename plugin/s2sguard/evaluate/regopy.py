"""The Rego source, in this process, by rego-cpp's Python binding: the engine that needs nothing but pip.

What bites, and what is done about it (facts: engines.md):

* placeholders for `net.*`, `http.send`, schemas and metadata answer *undefined*: the preflight refuses them,
  and errors of built-ins are strict;
* strings are kept as they are escaped in JSON, and many built-ins work on that text (`DAMAGING`): the preflight refuses those too;
* `set_input` with a dict damages numbers and quotes: the input goes in as JSON text;
* errors carry no text and the result may be unparsable: anything but one defined expression is an `EngineError`;
* 10 000 000 statements per evaluation, not settable: a document of 100 connections stays far below. This cap is also its only
  time limit, since an evaluation cannot be interrupted;
* an interpreter is not safe to share: each engine owns one, for one thread;
* its library overrides C++'s `new` and `delete`. Where another package (greenlet, under SQLAlchemy 2.0 and Playwright) loaded the C++
  runtime before, that one's memory is not given back: 7 MB for each document. Nothing that s2sguard imports does; who embeds it beside
  such a package imports regopy first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate import preflight
from s2sguard.evaluate.interface import ControlResult, EngineInfo
from s2sguard.evaluate.pack import ENTRYPOINT, Pack
from s2sguard.evaluate.results import checked, parse_results

if TYPE_CHECKING:
    from types import ModuleType

NAME: Final = "regopy"

DAMAGING: Final = frozenset({
    *("base64.encode", "base64url.encode", "base64url.encode_no_pad", "hex.encode", "urlquery.encode", "urlquery.encode_object"),
    *("crypto.md5", "crypto.sha1", "crypto.sha256", "crypto.hmac.md5", "crypto.hmac.sha1", "crypto.hmac.sha256", "crypto.hmac.sha512"),
    *("indexof", "indexof_n", "json.filter", "json.marshal", "json.unmarshal", "regex.match", "regex.replace", "regex.split"),
    *("regex.find_n", "strings.reverse", "substring", "trim", "trim_left", "trim_right", "trim_space", "upper"),
})  # fmt: skip
"""Built-ins that gave another answer than OPA 1.22 in regopy 1.5.2, and their next of kin,
for strings with quotes, backslashes, control characters or umlauts.

`trim_space("a\\\\b")`, for example, loses the backslash and makes a control character of the rest.
`lower`, `contains`, `replace` and `split` are right as long as the pack uses them with ASCII letters and plain separators,
and `count` as long as it counts collections.
"""

_OFFSET: Final = re.compile(r"\|(\d+)\|\d+")


class RegopyEngine:
    """The pack in one rego-cpp interpreter."""

    # 15 ms a connection up to 20, 24 at 100.
    chunk_size = 20

    def __init__(self, pack: Pack) -> None:
        """Load the pack; raise `EngineError` when regopy is absent and `PackError` when the pack does not suit it."""
        self._regopy = import_regopy()
        self._interpreter: Any = self._regopy.Interpreter()
        # Parse errors are otherwise printed to standard output, into the report.
        self._interpreter.log_level = self._regopy.LogLevel.NONE
        self._interpreter.strict_built_in_errors = True
        preflight.check(pack.modules, self._has, NAME)
        for module in pack.modules:
            self._add(module.name, module.text)
        self._bundle: Any = self._build()

    @property
    def info(self) -> EngineInfo:
        """Name, and the version of the installed package."""
        from importlib.metadata import version

        return EngineInfo(name=NAME, version=version("regopy"))

    def evaluate(self, document: bytes) -> list[ControlResult]:
        """Judge one facts document; raise `EngineError` for anything but a complete answer."""
        text = checked(document, NAME).decode()
        try:
            self._interpreter.set_input_term(text)
            output = self._interpreter.query_bundle_entrypoint(self._bundle, ENTRYPOINT)
            expressions = output.results[0].expressions if output.ok() and len(output) == 1 else []
        except (self._regopy.RegoError, ValueError, RecursionError) as error:
            # The message may quote the input, so it is not passed on.
            raise _failed() from error
        if len(expressions) != 1:
            raise _failed()
        return parse_results(expressions[0], NAME)

    def close(self) -> None:
        """Release the interpreter and its memory."""
        self._bundle = None
        self._interpreter = None

    def _has(self, builtin: str) -> bool:
        return builtin not in DAMAGING and bool(self._interpreter.is_builtin(builtin))

    def _add(self, name: str, text: str) -> None:
        try:
            self._interpreter.add_module(name, text)
        except self._regopy.RegoError as error:
            place = _place(str(error), name, text)
            raise PackError(
                f"{place}: engine {NAME} cannot parse this policy module",
                hint="rewrite it in simpler Rego; what `opa check` accepts may still be beyond rego-cpp",
            ) from error

    def _build(self) -> Any:  # noqa: ANN401 - regopy is not typed
        try:
            bundle = self._interpreter.build(None, [ENTRYPOINT])
        except self._regopy.RegoError as error:
            raise PackError(f"engine {NAME} cannot compile the policy pack", hint="run `opa check --strict` on it") from error
        if not bundle.ok():
            raise PackError(f"engine {NAME} cannot compile the policy pack", hint="run `opa check --strict` on it")
        return bundle


def import_regopy() -> ModuleType:
    """Return the regopy package; raise `EngineError` when it is not installed or has no library for this machine."""
    try:
        import regopy
    except (ImportError, OSError) as error:
        raise EngineError("engine regopy is not installed", hint="pip install regopy, or use --engine opa") from error
    return regopy  # type: ignore[no-any-return, unused-ignore]


def _place(error: str, name: str, text: str) -> str:
    """Return `file:line:col` of the first byte offset in a rego-cpp error, which looks like `file|1442|87`."""
    found = _OFFSET.search(error)
    if found is None:
        return name
    before = text.encode()[: int(found.group(1))].decode(errors="replace")
    return f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def _failed() -> EngineError:
    return EngineError(
        "engine regopy failed on the facts and gives no reason",
        hint="a document may need more statements than it allows; use --engine opa or wasm",
    )
