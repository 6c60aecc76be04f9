"""A seeded tenant read by the real SDK over loopback: the same verdicts as from files, whatever fails on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.collect.azure.collect import LiveRun
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.collect.azure.role import role
from s2sguard.errors import InputError
from s2sguard.model.arm_types import IKE_SAS
from s2sguard.model.inventory import Inventory, fold_id
from tests.integration.fake_arm.server import TOKEN
from tests.integration.fake_tenant.client import Served, served, way_to_fake
from tests.integration.fake_tenant.estate import Verdicts, check_against, verdicts_of
from tests.integration.fake_tenant.roles import actions_of
from tests.integration.fake_tenant.run import run
from tests.integration.fake_tenant.tenant import ABROAD, MANAGEMENT_GROUP, SECRET, Tenant, build
from tests.integration.fake_tenant.terraform import state

pytestmark = pytest.mark.usefixtures("wasm_home")
GATEWAYS, PARTNERS = 11, 6
EVERYTHING = LiveRequest(all_subscriptions=True)
WALKING = LiveRequest(all_subscriptions=True, resource_graph=False)
MODES = pytest.mark.parametrize("request_", [EVERYTHING, WALKING], ids=["graph", "walking"])


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    """Return the tenant that is served."""
    return build(gateways=GATEWAYS, partners=PARTNERS)


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """Serve the tenant in pages of four, to have many."""
    with served("--gateways", str(GATEWAYS), "--partners", str(PARTNERS), "--page", "4", "--graph-page", "100") as found:
        yield found


@pytest.fixture
def from_file(tenant: Tenant, tmp_path: Path, request: pytest.FixtureRequest) -> Verdicts:
    """Return the verdicts of the same JSON in a file, worked out once."""
    cache = request.node.getparent(pytest.Module).__dict__.setdefault("_from_file", {})
    if not cache:
        file = tmp_path / "tenant.json"
        file.write_text(json.dumps({"value": list(tenant.resources.values())}), encoding="utf-8")
        cache.update(verdicts_of(read_inventory([file])))
    found: Verdicts = cache
    return found


def read(service: Served, request: LiveRequest) -> Inventory:
    """Read everything in one run."""
    live = LiveRun(request, way=way_to_fake(service.url))
    try:
        return live.inventory()
    finally:
        live.close()


@MODES
def test_live_and_files_agree(service: Served, request_: LiveRequest, from_file: Verdicts, tmp_path: Path) -> None:
    """A live scan, a scan of its snapshot and a scan of the same JSON from files give the same verdicts, without a gap."""
    service.fail()
    inventory = read(service, request_)
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text(write_snapshot(inventory), encoding="utf-8")
    assert (from_file, from_file, ()) == (verdicts_of(inventory), verdicts_of(read_inventory([snapshot])), inventory.gaps)


def test_terraform_and_files_agree(tenant: Tenant, tmp_path: Path) -> None:
    """A Terraform state of the same tenant gives the verdicts of its ARM JSON."""
    written, listed = tmp_path / "state.json", tmp_path / "tenant.json"
    written.write_text(json.dumps(state(tenant)), encoding="utf-8")
    listed.write_text(json.dumps({"value": list(tenant.resources.values())}), encoding="utf-8")
    inventory = read_inventory([written])
    expected = verdicts_of(read_inventory([listed]), complete=True)
    assert inventory.gaps == ()
    assert expected == verdicts_of(inventory, complete=True)


@MODES
def test_passing_faults_leave_no_trace(service: Served, request_: LiveRequest) -> None:
    """With one request in five throttled, failed, cut off or slow for a while, and rows given twice, the result has the same bytes."""
    service.fail()
    calm = write_snapshot(read(service, WALKING))
    service.fail(seed=7, share=0.2, duplicates=True)
    assert write_snapshot(read(service, request_)) == calm


def lasting(tenant: Tenant) -> dict[str, tuple[str, dict[str, object]]]:
    """Return places that fail for good, by what they are: the kind of gap, and the faults."""
    gateway = sorted(tenant.members)[3]
    home = gateway.partition("/providers/")[0]
    member, later = tenant.members[gateway][1], tenant.members[gateway][-2]
    site = member["properties"]["localNetworkGateway2"]["id"].lower()
    network = f"{home}/providers/microsoft.network"
    elsewhere = next(body for body in tenant.resources.values() if "-more/" in body["id"] and "/connections/" in body["id"])
    return {
        "group": ("forbidden", {"lasting": {home: "forbidden"}}),
        "group-throttled": ("throttled", {"lasting": {home: "throttled-for-good"}}),
        "gateways": ("unavailable", {"lasting": {f"{network}/virtualnetworkgateways": "broken"}}),
        "members": ("throttled", {"lasting": {f"{gateway}/connections": "throttled-for-good"}}),
        "members-loop": ("wrong-link", {"lasting": {f"{gateway}/connections": "loop"}}),
        "members-elsewhere": ("wrong-link", {"lasting": {f"{gateway}/connections": "elsewhere"}}),
        "members-odd": ("unavailable", {"lasting": {f"{gateway}/connections": "no-listing"}}),
        "nat": ("forbidden", {"lasting": {f"{gateway}/natrules": "forbidden"}}),
        "diagnostics": ("forbidden", {"lasting": {f"{gateway}/providers/microsoft.insights": "forbidden"}}),
        "connections": ("forbidden", {"lasting": {f"{network}/connections": "forbidden"}}),
        "connections-loop": ("unavailable", {"lasting": {later["id"].lower(): "broken", f"{network}/connections": "loop"}}),
        "sites": ("unavailable", {"lasting": {f"{network}/localnetworkgateways": "broken"}}),
        "site": ("vanished", {"vanished": [site]}),
        "connection": ("vanished", {"vanished": [member["id"].lower()]}),
        "connection-elsewhere": ("forbidden", {"lasting": {elsewhere["id"].lower(): "forbidden"}}),
        "networks": ("forbidden", {"lasting": {f"{network}/virtualnetworks": "forbidden"}}),
        "route-tables": ("not-registered", {"lasting": {f"{network}/routetables": "not-registered"}}),
    }


PLACES = tuple(lasting(build(gateways=4, partners=2)))
OF_EACH = [(EVERYTHING, place) for place in PLACES] + [
    (WALKING, place) for place in ("group", "gateways", "members", "connections-loop", "site")
]


@pytest.mark.parametrize(("request_", "place"), OF_EACH, ids=[f"{place}-{request.resource_graph}" for request, place in OF_EACH])
def test_what_cannot_be_read_is_a_gap(service: Served, tenant: Tenant, request_: LiveRequest, from_file: Verdicts, place: str) -> None:
    """Each verdict is the one of the whole tenant, or unknown or absent and a gap names something that it rests on."""
    kind, faults = lasting(tenant)[place]
    service.fail(**faults)
    inventory = read(service, request_)
    assert kind in {gap.kind for gap in inventory.gaps}
    check_against(verdicts_of(inventory), from_file, inventory, tenant)


def test_a_fault_shows(service: Served, tenant: Tenant, from_file: Verdicts) -> None:
    """A gateway whose list of connections cannot be read has no isolation control that passes."""
    gateway = sorted(tenant.members)[3]
    service.fail(lasting={f"{gateway}/connections": "forbidden"})
    found = verdicts_of(read(service, EVERYTHING))
    members = {member["id"].lower() for member in tenant.members[gateway]}
    isolation = {key for key in whole_isolation(from_file) if key[1] in members}
    assert (len(isolation), {"unknown"}) == (PARTNERS, {found[key] for key in isolation} - {"fail"})


def whole_isolation(verdicts: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Return the verdicts of S2S-ISO-001."""
    return [key for key in verdicts if key[0] == "S2S-ISO-001"]


def test_a_subscription_that_may_not_be_read_is_a_gap(service: Served, tenant: Tenant) -> None:
    """Resource Graph says nothing of a subscription that may not be read; the run does, and reads the others."""
    hidden, shown = (f"/subscriptions/{name}" for name in tenant.subscriptions)
    service.fail(lasting={hidden: "forbidden"})
    inventory = read(service, EVERYTHING)
    assert ({hidden}, {"forbidden"}) == ({gap.resource for gap in inventory.gaps}, {gap.kind for gap in inventory.gaps})
    assert {shown} == {"/".join(resource.id.split("/")[:3]) for resource in inventory.resources}


@pytest.mark.parametrize("fault", ["throttled-for-good", "broken", "forbidden"])
def test_discovery_that_fails_is_a_gap_of_each_subscription(service: Served, tenant: Tenant, fault: str) -> None:
    """Where Resource Graph does not answer, every subscription asked about is named; nothing passes for an empty tenant."""
    service.fail(lasting={"/providers/microsoft.resourcegraph/resources": fault})
    inventory = read(service, EVERYTHING)
    assert {f"/subscriptions/{name}" for name in tenant.subscriptions} == {gap.resource for gap in inventory.gaps}
    assert not inventory.answered


@pytest.mark.parametrize("resource_graph", [True, False])
def test_scopes(service: Served, tenant: Tenant, *, resource_graph: bool) -> None:
    """A management group is all of its subscriptions; one subscription is that one, and what it refers to."""
    service.fail()
    group = read(service, LiveRequest(management_group=MANAGEMENT_GROUP, resource_graph=resource_graph))
    one = read(service, LiveRequest(subscriptions=(tenant.subscriptions[1],), resource_graph=resource_graph))
    assert len(group.resources) == len(read(service, EVERYTHING).resources)
    assert {tenant.subscriptions[1]} == {resource.id.split("/")[2] for resource in one.resources}


@pytest.mark.parametrize("resource_graph", [True, False])
def test_a_spoke_in_another_subscription_is_followed(service: Served, tenant: Tenant, *, resource_graph: bool) -> None:
    """What a hub refers to is read where it lies, and nothing else there; where it may not be read, that is a gap about it alone."""
    home, abroad = tenant.subscriptions
    request = LiveRequest(subscriptions=(home,), resource_graph=resource_graph)
    spoke = next(key for key in tenant.resources if abroad in key and key.endswith("/spoke-1") and f"hub-0000{ABROAD}" in key)
    service.fail()
    followed = {resource.key for resource in read(service, request).resources if abroad in resource.key}
    assert {spoke, f"{spoke}/subnets/gatewaysubnet", f"{spoke}/virtualnetworkpeerings/to-hub"} == followed
    service.fail(lasting={f"/subscriptions/{abroad}": "forbidden"})
    assert [("forbidden", spoke)] == [(gap.kind, fold_id(gap.resource or "")) for gap in read(service, request).gaps]


def test_no_scope_is_an_error(service: Served) -> None:
    """A management group that does not exist leaves nothing to read, which is said."""
    service.fail()
    with pytest.raises(InputError, match="no subscription was found for management group `none`"):
        read(service, LiveRequest(management_group="none"))


def test_the_role_is_what_is_asked(service: Served) -> None:
    """The role holds the actions of the requests of all kinds of runs, and no other; no request could change anything."""
    service.fail()
    for request in (EVERYTHING, WALKING, LiveRequest(management_group=MANAGEMENT_GROUP)):
        read(service, request)
    log = service.log()
    assert {"GET", "POST"} == {method for method, _ in log}
    assert {"/providers/Microsoft.ResourceGraph/resources"} == {path for method, path in log if method == "POST"}
    assert sorted(role()["Actions"]) == sorted(actions_of(log))


OBSERVING = replace(EVERYTHING, observe=True)


def test_live_sas_are_read_where_they_are_asked_for(service: Served, tenant: Tenant) -> None:
    """Every tunnel is asked once, by the one action that the role then holds; what is configured is in force, so nothing new is found."""
    service.fail()
    inventory = read(service, OBSERVING)
    asked = [path for method, path in service.log() if method == "POST" and path.endswith("/getikesas")]
    tunnels = [body for members in tenant.members.values() for body in members if body["properties"]["connectionType"] == "IPsec"]
    assert len(asked) == len(set(asked)) == len(tunnels) == len(inventory.of_type(IKE_SAS))
    assert {verdict for (control, _), verdict in verdicts_of(inventory).items() if control == "S2S-OBS-001"} == {"pass"}
    assert sorted(role(observe=True)["Actions"]) == sorted(set(role()["Actions"]) | (actions_of(service.log()) - set(role()["Actions"])))
    assert actions_of(service.log()) - set(role()["Actions"]) == {"Microsoft.Network/connections/getikesas/action"}


def test_live_sas_that_may_not_be_read_are_unknown(service: Served, tenant: Tenant) -> None:
    """Somebody looked and saw nothing: the controls about live SAs are unknown for that connection, and everything else is judged."""
    (first, *_) = tenant.members[min(tenant.members)]
    service.fail(lasting={f"{first['id'].lower()}/getikesas": "forbidden"})
    inventory = read(service, OBSERVING)
    found = {
        (control, resource): verdict for (control, resource), verdict in verdicts_of(inventory).items() if control.startswith("S2S-OBS")
    }
    mine = {verdict for (_, resource), verdict in found.items() if fold_id(resource) == fold_id(first["id"])}
    assert mine == {"unknown"}
    assert "unknown" not in {verdict for (_, resource), verdict in found.items() if fold_id(resource) != fold_id(first["id"])}
    assert ["the live SAs of" in gap.reason for gap in inventory.gaps] == [True]


def test_an_unregistered_provider_is_not_registered(service: Served, tenant: Tenant) -> None:
    """The SDK's own answer to 409 MissingSubscriptionRegistration, a POST that registers, is never sent."""
    service.fail(lasting={f"/subscriptions/{tenant.subscriptions[0]}": "not-registered"})
    inventory = read(service, WALKING)
    assert "not-registered" in {gap.kind for gap in inventory.gaps}
    assert {"GET"} == {method for method, _ in service.log()}


@MODES
def test_no_secret_is_kept(service: Served, tmp_path: Path, request_: LiveRequest) -> None:
    """Keys in answers, and the token, are in no byte of the checkpoint, its journal or the snapshot."""
    service.fail(share=0.05)
    file = tmp_path / "run.db"
    live = LiveRun(replace(request_, checkpoint=str(file)), way=way_to_fake(service.url))
    live.read()
    text = "".join(live.snapshot()).encode()
    kept = text + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    live.close()
    kept += file.read_bytes()
    assert len(text) > 100_000
    assert [word for word in (SECRET, TOKEN) if word.encode() in kept] == []


def test_an_unread_member_is_in_doubt_not_gone(service: Served, tenant: Tenant) -> None:
    """A connection that its gateway names and nobody may read keeps unknown verdicts, and its neighbours' isolation does not pass."""
    gateway = sorted(tenant.members)[4]
    member, *others = (body["id"].lower() for body in tenant.members[gateway])
    service.fail(lasting={member: "forbidden"}, vanished=[member])
    found = verdicts_of(read(service, EVERYTHING))
    own = {control: status for (control, resource), status in found.items() if resource == member}
    assert len(own) > 10
    # Its site was read, and its neighbours are partners': these two are known without it.
    assert {"S2S-IKE-008": "pass", "S2S-ISO-006": "pass"} == {control: status for control, status in own.items() if status != "unknown"}
    assert "pass" not in {found["S2S-ISO-001", other] for other in others}


def test_what_only_resource_graph_names_is_gone(service: Served, tenant: Tenant) -> None:
    """A connection that was deleted before its gateway was read is a gap, and puts nobody else in doubt."""
    gateway = sorted(tenant.members)[4]
    member = tenant.members[gateway][0]["id"].lower()
    service.fail(vanished=[member], forgotten=True)
    inventory = read(service, EVERYTHING)
    found = verdicts_of(inventory)
    assert [("vanished", member)] == [(gap.kind, fold_id(gap.resource or "")) for gap in inventory.gaps]
    assert member not in {resource for _, resource in found}
    assert "unknown" not in {status for (control, _), status in found.items() if control.startswith("S2S-ISO")}


def test_a_gateway_without_diagnostic_settings(service: Served, tenant: Tenant) -> None:
    """Live, a gateway without any diagnostic setting is known to have none, so its IKE log is not exported."""
    gateway = sorted(tenant.members)[3]
    service.fail(vanished=[f"{gateway}/providers/microsoft.insights/diagnosticsettings/to-siem"])
    inventory = read(service, EVERYTHING)
    assert ("fail", ()) == (verdicts_of(inventory)["S2S-GWY-004", gateway], inventory.gaps)


def test_a_second_gateway_that_may_not_be_read_leaves_a_doubt(service: Served, tenant: Tenant) -> None:
    """Beside the gateway stands another in its subnet; unread, it may be a road out, so the gateway is named as well."""
    gateway = sorted(tenant.members)[5]
    beside = gateway.rpartition("/")[0] + "/er"
    service.fail(lasting={beside: "forbidden"}, vanished=[beside])
    inventory = read(service, EVERYTHING)
    assert {beside, gateway} == {fold_id(gap.resource or "") for gap in inventory.gaps}


@pytest.mark.parametrize(("fault", "waits"), [("throttled", {5.0}), ("failed", {0.5, 1.0})])
def test_resource_graph_is_asked_again(service: Served, fault: str, waits: set[float]) -> None:
    """Its 429 has no `Retry-After`: the next query waits as long as the quota's header says; after an error, a little longer each time."""
    service.fail(graph=[fault, fault])
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    live = LiveRun(EVERYTHING, way=replace(way_to_fake(service.url), pause=pause, retries={"retry_total": 0}))
    live.read()
    assert (0, waits) == (live.counts()[1], set(waited))
    live.close()


def test_scan_and_collect_agree(service: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scan` of the live tenant and of its snapshot report byte-identical verdicts; both take their checkpoints away."""
    service.fail(share=0.1)
    live, later, snapshot = (str(tmp_path / name) for name in ("live.json", "later.json", "snapshot.json"))
    common = ["--engine", "wasm", "--today", "2026-06-01", "--fail-on", "never"]
    kept = ["--checkpoint", str(tmp_path / "run.db")]
    codes = [
        run(service.url, ["scan", "--all-subscriptions", *kept, "--format", f"json={live}", *common]),
        run(service.url, ["collect", "--all-subscriptions", *kept, "-o", snapshot]),
        run(service.url, ["scan", snapshot, "--format", f"json={later}", *common]),
    ]
    reports = [json.loads(Path(name).read_text(encoding="utf-8")) for name in (live, later)]
    assert [0, 0, 0] == codes
    assert json.dumps(reports[0]["verdicts"]) == json.dumps(reports[1]["verdicts"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["later.json", "live.json", "snapshot.json"]
    assert "collected" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "code"), [([], 0), (["--fail-on-gap"], 3)])
@pytest.mark.parametrize("command", ["scan", "collect"])
def test_the_exit_code_tells_of_gaps(service: Served, tenant: Tenant, tmp_path: Path, command: str, more: list[str], code: int) -> None:
    """With `--fail-on-gap` a run with a gap ends with 3."""
    service.fail(lasting={f"{sorted(tenant.members)[3]}/connections": "forbidden"})
    line = [command, "--all-subscriptions", "-o", str(tmp_path / "out"), *more]
    line += ["--fail-on", "never", "--engine", "wasm"] if command == "scan" else []
    assert code == run(service.url, line)


def test_an_empty_tenant_is_an_answer(tmp_path: Path) -> None:
    """Subscriptions without any of our resources are clean, live and from a snapshot; one that may not be read is not."""
    snapshot = str(tmp_path / "snapshot.json")
    name = "00000000-0000-4000-8000-000000000000"
    with served("--gateways", "1", "--partners", "0", "--empty") as empty:
        scope = ["--subscription", name]
        live = run(empty.url, ["scan", *scope])
        collected = run(empty.url, ["collect", *scope, "-o", snapshot])
        later = run(empty.url, ["scan", snapshot])
        empty.fail(lasting={f"/subscriptions/{name}": "forbidden"})
        forbidden = run(empty.url, ["scan", *scope])
    assert (0, 0, 0, 3) == (live, collected, later, forbidden)
