"""Puts the pack and what is known of the estate into an OPA server that runs already, for decision points that ask it.

The estate is one document, and OPA takes a document in one transaction: a reader sees the old revision or the new one,
and one that is sent in part changes nothing. It carries its findings with it, so it never rests on the rules beside it.

Rules go in one module at a time. So that nobody is judged by half of two packs, `main` goes away first and comes back last;
in between, who asks for `main.results` gets no answer instead of a wrong one. A bundle swaps rules in whole.

Only modules under our own prefix are written or deleted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from s2sguard.errors import EngineError
from s2sguard.evaluate.bundle import ESTATE
from s2sguard.evaluate.opa import import_client, server_address
from s2sguard.evaluate.pack import ENTRYPOINT, ROOT, Pack

PREFIX: Final = "s2sguard-feed"
"""First part of the ids of the modules that are ours on a server."""

_MAIN: Final = f"{PREFIX}/{ENTRYPOINT.rpartition('/')[0]}/main.rego"
_TOKEN: Final = "S2SGUARD_OPA_TOKEN"  # noqa: S105 - the name of a variable
_BUNDLE_HINT: Final = "let the server poll what `s2sguard bundle --with-facts` writes, or take the policies out of the server first"


class OpaFeed:
    """A connection to the server at `url`; `deadline` is in seconds per request."""

    def __init__(self, url: str, *, deadline: float = 300.0) -> None:
        """Connect; `S2SGUARD_OPA_TOKEN` is sent as a bearer token. Raise `UsageError` when `url` is not a server's address."""
        opa_client, self._failures = import_client()
        host, port, secure = server_address(url)
        token = os.environ.get(_TOKEN) or None
        self._client: Any = opa_client.OpaClient(host=host, port=port, ssl=secure, token=token, timeout=deadline)
        self._refusals: tuple[type[Exception], ...] = (opa_client.errors.RegoParseError, opa_client.errors.DeletePolicyError)

    def close(self) -> None:
        """Close the connection."""
        self._client.close_connection()

    def put_pack(self, pack: Pack) -> bool:
        """Make the server hold exactly this pack and say whether anything had to change.

        Raise `EngineError` when modules below `s2sguard` are there that this did not put, or the server refuses.
        """
        held = self._ask(self._modules)
        wanted = {f"{PREFIX}/{module.name}": module.text for module in pack.modules}
        if sorted(held.values()) == sorted(wanted.values()):
            return False
        foreign = sorted(name for name in held if not name.startswith(f"{PREFIX}/"))
        if foreign:
            raise EngineError(f"the opa server holds {len(foreign)} modules below `{ROOT}` that feed did not put there", hint=_BUNDLE_HINT)
        if _MAIN in held:
            self._delete(_MAIN)
        stale = {name for name, text in held.items() if name != _MAIN and wanted.get(name) != text}
        self._settle(stale, self._delete)
        fresh = {name for name, text in wanted.items() if name != _MAIN and held.get(name) != text}
        self._settle(fresh, lambda name: self._put(name, wanted[name]))
        self._put(_MAIN, wanted[_MAIN])
        return True

    def put_estate(self, estate: Mapping[str, object]) -> None:
        """Swap the estate for this one, whole."""
        self._ask(lambda: self._client.update_or_create_data(dict(estate), ESTATE))

    def revision(self) -> str | None:
        """Return the revision of the estate the server holds, None when it holds none."""
        answer = self._ask(lambda: self._get(f"data/{ESTATE}/revision"))
        found = answer.get("result")
        return found if isinstance(found, str) else None

    def _settle(self, names: set[str], change: Callable[[str], None]) -> None:
        """Change modules in whatever order the server takes: it refuses to be left with a call of a function that is not there."""
        left = sorted(names)
        while left:
            refused = []
            for name in left:
                try:
                    change(name)
                except EngineError as error:
                    refused.append((name, error))
            if len(refused) == len(left):
                raise refused[0][1]
            left = [name for name, _ in refused]

    def _modules(self) -> dict[str, str]:
        """Return id and text of the server's modules below `data.s2sguard` that are not tests."""
        found = {}
        for module in self._get("policies")["result"]:
            path = [str(part["value"]) for part in module["ast"]["package"]["path"]]
            if path[1] == ROOT and not path[-1].endswith("_test"):
                found[str(module["id"])] = str(module["raw"]).replace("\r\n", "\n").replace("\r", "\n")
        return found

    def _get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        # The client lists modules without their texts.
        response = self._client._session.get(f"{self._client.root_url}/{path}", timeout=self._client.timeout)  # noqa: SLF001
        response.raise_for_status()
        return response.json()

    def _put(self, name: str, text: str) -> None:
        self._ask(lambda: self._client.update_policy_from_string(text, quote(name), rego_compat=False))

    def _delete(self, name: str) -> None:
        self._ask(lambda: self._client.delete_policy(quote(name)))

    def _ask(self, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            return question()
        except self._refusals as error:
            raise _refused(str(getattr(error, "expression", "")), str(getattr(error, "message", ""))) from error
        except self._failures.HTTPError as error:
            raise _refused("unauthorized" if error.response.status_code in {401, 403} else "", "") from error
        except (self._failures.RequestException, AttributeError, LookupError, TypeError, ValueError) as error:
            hint = "check --opa-url; what the server held before, it still holds"
            raise EngineError("the opa server cannot be reached or does not answer as OPA does", hint=hint) from error


def _refused(code: str, message: str) -> EngineError:
    if code == "unauthorized":
        return EngineError("the opa server refuses access", hint=f"set {_TOKEN} to a token that may write policies and data")
    if "owned by bundle" in message:
        return EngineError("the opa server takes its policies or data from a bundle, so nothing can be fed", hint=_BUNDLE_HINT)
    return EngineError("the opa server refuses what is fed", hint="see the log of the opa server; what it held before, it still holds")
