"""How requests travel: which cloud, which credential, and what never happens."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any, NoReturn

import pytest

from s2sguard.azure_policy.deploy.calls import azure_call
from s2sguard.azure_policy.deploy.errors import DeployError, scrubbed
from s2sguard.azure_policy.deploy.session import Connection, Session, connection_to
from s2sguard.collect.azure.clouds import CLOUDS
from s2sguard.errors import UsageError

SUB = "11111111-2222-3333-4444-555555555555"


def way(endpoint: str, credential: Any) -> Connection:  # noqa: ANN401  # anything that makes a credential
    """Return a connection without retries."""
    return Connection(endpoint=endpoint, token_scope="s", credential=credential, retries={"retry_total": 0})  # noqa: S106


class Credential:
    """A credential that hands out one token."""

    def get_token(self, *_: str, **__: object) -> Any:  # noqa: ANN401  # azure-core's AccessToken
        """Return a token."""
        from azure.core.credentials import AccessToken

        return AccessToken("secret-token", 4_000_000_000)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_clouds_are_the_sdk_s_own(cloud: str) -> None:
    """Endpoint and token scope of each cloud are what azure-mgmt-core has for it, and the authority is azure-identity's."""
    from azure.core import AzureClouds
    from azure.identity import AzureAuthorityHosts
    from azure.mgmt.core.tools import get_arm_endpoints

    names = {
        "public": (AzureClouds.AZURE_PUBLIC_CLOUD, AzureAuthorityHosts.AZURE_PUBLIC_CLOUD),
        "usgov": (AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
        "usgovernment": (AzureClouds.AZURE_US_GOVERNMENT, AzureAuthorityHosts.AZURE_GOVERNMENT),
        "china": (AzureClouds.AZURE_CHINA_CLOUD, AzureAuthorityHosts.AZURE_CHINA),
    }
    setting, authority = names[cloud]
    known = get_arm_endpoints(setting)
    ours = CLOUDS[cloud]
    assert (known["resource_manager"].rstrip("/"), known["credential_scopes"], authority) == (
        ours.endpoint,
        [ours.token_scope],
        ours.authority,
    )


def test_an_unknown_cloud_is_a_usage_error() -> None:
    """A cloud that does not exist is said, with the ones that do."""
    with pytest.raises(UsageError, match="no cloud `german`"):
        connection_to("german")


def test_the_environment_cannot_send_a_token_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable changes the endpoint."""
    for name in ("AZURE_CLOUD", "AZURE_RESOURCE_MANAGER_ENDPOINT", "S2SGUARD_AZURE_ENDPOINT", "ARM_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert "https://management.azure.com" == connection_to("public").endpoint


def test_nobody_signs_in_before_the_first_request() -> None:
    """A session and its clients are made without asking for a credential."""

    def never() -> NoReturn:
        raise AssertionError("asked for a credential")

    with Session(way("https://127.0.0.1:1", never)) as session:
        assert session.policy(SUB) is session.policy(SUB)
        session.insights(SUB)
        session.resources(SUB)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_credential_asks_the_cloud_s_own_authority(cloud: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default credential of a sovereign cloud signs in there."""
    given: dict[str, object] = {}

    def make(**options: object) -> Credential:
        given.update(options)
        return Credential()

    monkeypatch.setattr("azure.identity.DefaultAzureCredential", make)
    assert isinstance(connection_to(cloud).credential(), Credential)
    assert {"authority": CLOUDS[cloud].authority} == given


def test_one_credential_serves_all_requests() -> None:
    """The credential is made once, and gives its token in either form that the SDK asks for."""
    made: list[Credential] = []

    def make() -> Any:  # noqa: ANN401  # a credential
        made.append(Credential())
        return made[-1]

    with Session(way("https://127.0.0.1:1", make)) as session:
        tokens = (session._credential.get_token("s"), session._credential.get_token_info("s"))
    assert ({"secret-token"}, 1) == ({each.token for each in tokens}, len(made))


def test_a_missing_credential_says_how_to_sign_in() -> None:
    """Without any sign-in the error names `az login` and quotes nothing of the SDK's long message."""
    from azure.identity import CredentialUnavailableError

    def none() -> NoReturn:
        raise CredentialUnavailableError(message="tried everything; tenant abc")

    with Session(way("https://127.0.0.1:1", none)) as session, pytest.raises(DeployError, match="no Azure credential was found") as caught:
        session.read("reading", f"/subscriptions/{SUB}", "1")
    assert "az login" in caught.value.hint
    assert "tenant abc" not in caught.value.diagnostics()


def test_a_token_never_goes_without_tls() -> None:
    """With the real authentication a plain http endpoint gets no request."""
    with Session(way("http://127.0.0.1:1", Credential)) as session, pytest.raises(DeployError) as caught:
        session.read("reading", f"/subscriptions/{SUB}", "1")
    assert "secret-token" not in caught.value.diagnostics()


def test_an_unreachable_azure_says_so() -> None:
    """Where nothing listens, the error says that Azure cannot be reached, without the token."""
    with Session(way("https://127.0.0.1:1", Credential)) as session, pytest.raises(DeployError, match="cannot be reached") as caught:
        session.read("reading", f"/subscriptions/{SUB}", "1")
    assert "secret-token" not in caught.value.diagnostics()


@pytest.mark.parametrize("path", ["https://example.invalid/x", "//example.invalid", "subscriptions/x", ""])
def test_only_paths_of_resource_manager_are_requested(path: str) -> None:
    """A raw request to an address, or to another path, is not made."""
    with Session(way("https://127.0.0.1:1", Credential)) as session, pytest.raises(ValueError, match="another form"):
        session.send("GET", path, "1")


def test_no_pipeline_registers_providers_or_writes_logs() -> None:
    """None of the clients has the policies that register a resource provider or log requests."""
    with Session(way("https://127.0.0.1:1", Credential)) as session:
        clients: list[Any] = [session.policy(SUB), session.insights(SUB), session.resources(SUB)]
        names = {
            type(getattr(policy, "_policy", policy)).__name__ for client in clients for policy in client._client._pipeline._impl_policies
        }
    assert "RetryPolicy" in names
    assert [] == [name for name in names if "Registration" in name or "Logging" in name]


def test_what_the_sdk_cannot_read_is_one_line() -> None:
    """An answer of another shape, which the SDK's models trip over, is an error with a hint."""
    for error in (ValueError("x"), TypeError("x"), KeyError("x"), AttributeError("x")):
        with pytest.raises(DeployError, match="not what Azure documents"), azure_call("reading", "/x"):
            raise error


@pytest.mark.parametrize(
    "text",
    ["Bearer eyJhbGciOiJ.eyJzdWIi.c2ln", "bearer abcdef", "https://x/?sv=1&sig=abcdef&x", '"sharedKey": "abcdef"', "token eyJabcdef.x"],
)
def test_credentials_in_messages_are_blotted_out(text: str) -> None:
    """What looks like a token, a signature or a shared key does not pass."""
    assert not any(secret in scrubbed(text) for secret in ("abcdef", "eyJ", "c2ln"))


def test_long_messages_are_cut() -> None:
    """A message has at most the given characters, on one line."""
    assert "a b..." == scrubbed("a\n b" + "c" * 99, 6)[:2] + "b..."
    assert 400 == len(scrubbed("x" * 9999))


def test_azure_is_imported_in_functions_of_this_room_only(root: Path) -> None:
    """Besides `collect` only this room imports the SDK, and never when a module is loaded; `collect/azure` has a test of its own."""
    found = []
    for path in sorted((root / "plugin").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [n.name for n in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            if any(name == "azure" or name.startswith("azure.") for name in names):
                room = path.relative_to(root / "plugin" / "s2sguard").as_posix()
                if (id(node) in top and not room.startswith("collect/azure/")) or not room.startswith(("azure_policy/deploy/", "collect/")):
                    found.append(room)
    assert [] == found


def test_tests_have_the_packages_of_the_extra(root: Path) -> None:
    """The group `dev` holds everything of the extra `azure`, so that these tests are never skipped."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert [] == [name for name in project["project"]["optional-dependencies"]["azure"] if name not in project["dependency-groups"]["dev"]]
