"""Keys in scripts and source files: what is one, where it stands, and what is none."""

from __future__ import annotations

import time

import pytest

from s2sguard.collect.shared_keys.handling import holds_no_key, names_a_key
from s2sguard.collect.shared_keys.scripts import keys_of_script
from s2sguard.collect.shared_keys.suffixes import is_script
from s2sguard.model.inventory import SharedKey

KEY = "Fake0nlyKey"
"""Planted for the tests; no tunnel has it."""

CREATE = "az network vpn-connection create --name to-red"
NEW = "New-AzVirtualNetworkGatewayConnection -Name to-red"

WRITTEN = [
    ("a.sh", f"{CREATE} --shared-key {KEY} --local-gateway2 l"),
    ("a.sh", f"{CREATE} --shared-key '{KEY}'"),
    ("a.sh", f'{CREATE} --shared-key="{KEY}" # comment'),
    ("a.sh", f"{CREATE} --shared-k {KEY}"),
    ("a.sh", f"{CREATE} \\\n  --vnet-gateway1 g \\\n  --shared-key {KEY}"),
    ("a.sh", f"{CREATE} --shared-key \\\n  {KEY}"),
    ("a.azcli", f"# {CREATE} --shared-key {KEY}"),
    ("a.sh", f"KEY={KEY}\n{CREATE} --shared-key $KEY"),
    ("a.sh", f"A='{KEY}'\nB=$A\n{CREATE} --shared-key \"${{B}}\""),
    ("a.sh", f'{CREATE} --shared-key "${{PSK:-{KEY}}}"'),
    ("a.sh", f"export TF_VAR_shared_key={KEY}"),
    ("a.sh", f'VPN_PSK="{KEY}"'),
    ("a.sh", f"PSK=${{PSK:-{KEY}}}"),
    ("a.sh", f"az network vpn-connection shared-key update -g g --connection-name c --value {KEY}"),
    ("a.sh", f"az network vpn-connection update --set sharedKey={KEY}"),
    ("a.sh", f"az deployment group create -f m.bicep -p psk='{KEY}'"),
    ("a.sh", f"terraform apply -var 'psk={KEY}'"),
    ("a.sh", f'terraform apply -var="vpn_psk={KEY}"'),
    ("a.sh", f"""curl -d '{{"properties":{{"sharedKey":"{KEY}"}}}}' url"""),
    ("a.sh", f'curl -d "{{\\"sharedKey\\": \\"{KEY}\\"}}" url'),
    ("a.cmd", f"set PSK={KEY}"),
    ("a.ps1", f"{NEW} -SharedKey {KEY} -ConnectionType IPsec"),
    ("a.ps1", f"{NEW} `\n  -SharedKey '{KEY}'"),
    ("a.ps1", f'{NEW} -SharedKey:"{KEY}"'),
    ("a.ps1", f"$key = '{KEY}'\n{NEW} -SharedKey $Key"),
    ("a.ps1", f"[string]$key = '{KEY}'\n{NEW} -SharedKey $key"),
    ("a.ps1", f"$key = @'\n{KEY}\n'@\n{NEW} -SharedKey $key"),
    ("a.ps1", f"New-AzVpnConnection -SharedKey (ConvertTo-SecureString '{KEY}' -AsPlainText -Force)"),
    ("a.ps1", f"New-AzVpnConnection -SharedKey (ConvertTo-SecureString -AsPlainText -Force -String {KEY})"),
    ("a.ps1", f"New-AzVpnConnection -SharedKey ('{KEY}' | ConvertTo-SecureString -AsPlainText -Force)"),
    ("a.ps1", f"$s = ConvertTo-SecureString -AsPlainText -Force -String '{KEY}'\n{NEW} -SharedKey $s"),
    ("a.ps1", f"$p = '{KEY}'\n$s = ConvertTo-SecureString $p -AsPlainText -Force\n{NEW} -SharedKey $s"),
    ("a.ps1", f'{NEW} -SharedKey ("{KEY}" + "more")'),
    ("a.ps1", f"Set-AzVirtualNetworkGatewayConnectionSharedKey -Name c -Value '{KEY}' -Force"),
    ("a.ps1", f"$connection.SharedKey = '{KEY}'"),
    ("a.ps1", f"$splat = @{{\n  Name = 'c'\n  SharedKey = '{KEY}'\n}}"),
    ("a.ps1", f"param([string]$SharedKey = '{KEY}')"),
    ("a.ps1", f"<#\n{NEW} -SharedKey '{KEY}'\n#>"),
    ("a.tf", f'resource "x" "y" {{\n  shared_key = "{KEY}"\n}}'),
    ("a.tf", f'variable "psk" {{\n  default = "{KEY}"\n}}'),
    ("a.tf", f'variable "k" {{\n  default = "{KEY}"\n}}\nresource "x" "y" {{\n  shared_key = var.k\n}}'),
    ("a.tf", f'locals {{\n  k = "{KEY}"\n}}\nresource "x" "y" {{\n  shared_key = local.k\n}}'),
    ("a.tf", f"locals {{\n  shared_key = <<EOT\n{KEY}\nEOT\n}}"),
    ("a.tf", f'resource "azapi_resource" "z" {{\n  body = {{ properties = {{ sharedKey = "{KEY}" }} }}\n}}'),
    ("a.tfvars", f'psk = "{KEY}"'),
    ("a.tfvars", f'partner_psks = {{\n  red = "{KEY}"\n}}'),
    ("a.auto.tfvars.json", f'{{"shared_keys": ["{KEY}"]}}'),
    ("a.bicep", f"param psk string = '{KEY}'"),
    ("a.bicep", f"@secure()\nparam sharedKey string = '{KEY}'"),
    ("a.bicep", f"var k = '{KEY}'\nresource c 'x' = {{\n  properties: {{\n    sharedKey: k\n  }}\n}}"),
    ("a.bicep", f"resource k 'Microsoft.Network/connections/sharedKey@2024-05-01' = {{\n  properties: {{ value: '{KEY}' }}\n}}"),
    ("a.bicepparam", f"param psk = '{KEY}'"),
    ("a.yml", f"variables:\n  sharedKey: {KEY}"),
    ("a.yml", f"- script: {CREATE} --shared-key {KEY}"),
    ("a.yml", f"- name: VPN_SHARED_KEY\n  value: {KEY}"),
    ("runbook.md", f"## Steps\n\n    {CREATE} --shared-key {KEY}\n"),
]

NOT_WRITTEN = [
    ("a.sh", f'{CREATE} --shared-key "$PSK"'),
    ("a.sh", f'{CREATE} --shared-key "${{PSK:?set it}}"'),
    ("a.sh", f"{CREATE} --shared-key $(az keyvault secret show --vault-name v --name n --query value -o tsv)"),
    ("a.sh", f'{CREATE} --shared-key "$(az keyvault secret show --vault-name v --name n --query value -o tsv)"'),
    ("a.sh", f'{CREATE} --shared-key "`cat key`"'),
    ("a.sh", f"{CREATE} --shared-key `cat key`"),
    ("a.sh", f"{CREATE} --shared-key @key.txt"),
    ("a.sh", f'psk=$(openssl rand -base64 48)\nPSK_NAME=to-red\n{CREATE} --shared-key "$psk"'),
    ("a.sh", f"{CREATE} --shared-key '<your key>'"),
    ("a.sh", f"{CREATE} --shared-key <key>"),
    ("a.sh", f"{CREATE} --shared-key ''"),
    ("a.sh", f"{CREATE} --shared-key your-shared-key"),
    ("a.sh", "echo usage: $0 --shared-key KEY"),
    ("a.sh", "# the option --shared-key must be given"),
    ("a.sh", '[ "$PSK" = "unset" ] && exit 1'),
    ("a.sh", "psk=$1\nshared_key_secret_name=to-red\npsk_length=48"),
    ("a.cmd", f"{CREATE} --shared-key %PSK%"),
    ("a.ps1", f"$key = Get-AzKeyVaultSecret -VaultName v -Name n -AsPlainText\n{NEW} -SharedKey $key"),
    ("a.ps1", f"{NEW} -SharedKey (Get-AzKeyVaultSecret -VaultName 'v' -Name 'n' -AsPlainText)"),
    ("a.ps1", f"$key = Read-Host -AsSecureString\n{NEW} -SharedKey $key"),
    ("a.ps1", f'{NEW} -SharedKey $env:PSK\n{NEW} -SharedKey $cfg.Key\n{NEW} -SharedKey "$($cfg.Key)"'),
    ("a.ps1", "$s = ConvertTo-SecureString $env:PSK -AsPlainText -Force\nNew-AzVpnConnection -SharedKey $s"),
    ("a.ps1", "New-AzVpnConnection -SharedKey (ConvertTo-SecureString)"),
    ("a.tf", 'resource "x" "y" {\n  shared_key = var.psk\n}\nvariable "psk" {\n  sensitive = true\n}'),
    ("a.tf", 'shared_key = data.azurerm_key_vault_secret.red.value\nlog_analytics_shared_key = "x12345"'),
    ("a.tf", 'shared_key = "${var.a}-${var.b}"\nvariable "psk" {\n  default = null\n}'),
    ("a.tf", 'count = var.psk == "" ? 0 : 1\noutput "psk" {\n  value = 1\n}'),
    ("a.tfvars", 'psk = ""\nregion = "uksouth"\npsks = {}'),
    ("a.bicep", "@secure()\nparam psk string\nresource c 'x' = {\n  properties: {\n    sharedKey: psk\n  }\n}"),
    ("a.bicep", "sharedKey: kv.getSecret('red')\nsharedKeySecretName: 'to-red'\npsk: '${prefix}'"),
    ("a.bicepparam", "param sharedKey = getSecret('s', 'g', 'v', 'n')"),
    ("a.yml", "psk: $(vpnKey)\nenv:\n  PSK: ${{ secrets.PSK }}\nsharedKey: {{ key }}\nother: 1"),
    ("a.yml", "sharedKey:\n  type: string\npsk: null\nsharedKey: true\n"),
    ("a.yml", "- name: VPN_SHARED_KEY\n  valueFrom: x\n- name: REGION\n  value: uksouth\n"),
    ("runbook.md", "Give --shared-key the key that the partner sent, as `--shared-key KEY`."),
]


def in_clear(text: str, file: str) -> list[SharedKey]:
    """Return the places in clear text."""
    return [key for key in keys_of_script(text, file) if key.handling == "clear-text"]


@pytest.mark.parametrize(("file", "text"), WRITTEN)
def test_a_key_that_is_written_is_found_where_it_stands(file: str, text: str) -> None:
    """One finding for one key, with the line and column of the key or of what puts it in quotes, and never the key itself."""
    (found,) = in_clear(text, file)
    line, column = found.source.line, found.source.column
    assert line is not None
    here = text.splitlines()[line - 1][column - 1 :]
    assert KEY in here[: len(KEY) + 12]
    assert KEY not in f"{found}"


@pytest.mark.parametrize(("file", "text"), NOT_WRITTEN)
def test_what_is_no_key_is_not_reported(file: str, text: str) -> None:
    """References, commands that fetch a key, placeholders and words about keys are no findings."""
    assert in_clear(text, file) == []


def test_a_parameter_of_bicep_that_is_not_secure_is_at_fault() -> None:
    """Azure keeps its value in the deployment history; the place is the parameter, not its use."""
    (found,) = in_clear("param key string\nresource c 'x' = {\n  properties: { sharedKey: key }\n}", "main.bicep")
    assert (found.source.line, "not secure" in found.how) == (1, True)


def test_two_uses_of_one_variable_are_one_place() -> None:
    """The text is written once, so there is one thing to mend."""
    assert len(in_clear(f"KEY={KEY}\n{CREATE} --shared-key $KEY\n{CREATE}2 --shared-key $KEY", "a.sh")) == 1


def test_ids_survive_edits_above() -> None:
    """A place is named by what it is, with a number for the second of a name, so that a waiver outlives an added line."""
    text = f"{CREATE} --shared-key {KEY}\n{CREATE} --shared-key {KEY}2\n"
    ids = [key.id for key in keys_of_script(text, "a.sh")]
    assert ids == ["a.sh#--shared-key of to-red", "a.sh#--shared-key of to-red (2)"]
    assert ids == [key.id for key in keys_of_script("\n\n" + text, "a.sh")]


def test_variables_in_a_circle_end() -> None:
    """A circle of variables is no key, and no endless walk."""
    assert in_clear(f"A=$B\nB=$A\n{CREATE} --shared-key $A", "a.sh") == []


def test_a_name_that_holds_a_secret_is_not_repeated() -> None:
    """A place is not called after a text that looks like a secret, nor by one of any length."""
    (found,) = in_clear(f"az x --name {'n' * 500} --shared-key {KEY}", "a.sh")
    assert len(found.name) <= 120


@pytest.mark.parametrize(
    "text",
    [
        "shared-key update " * 12_000,
        "sharedKey = " * 12_000,
        'psk = "' * 60_000,
        "psk = {" * 12_000,
        "ConvertTo-SecureString " * 12_000,
        "psk=$(" * 12_000,
        "<# " * 12_000,
        "variable psk {" * 12_000,
        "\\\n" * 12_000,
        "@'\n" * 12_000,
    ],
)
@pytest.mark.parametrize("file", ["a.sh", "a.ps1", "a.tf", "a.bicep", "a.yml"])
def test_hostile_text_takes_no_time(text: str, file: str) -> None:
    """A large file of beginnings without ends is searched in seconds: a pull request must not stop the pipeline."""
    started = time.process_time()
    keys_of_script(text, file)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("name", ["sharedKey", "vpn_shared_key", "psk1", "redPsk", "partner-psks", "PRESHARED_KEY", "ipsecSecret"])
def test_names_of_keys(name: str) -> None:
    """The names that people give to tunnel keys."""
    assert names_a_key(name)


@pytest.mark.parametrize(
    "name",
    ["key", "storageSharedKey", "workspace_shared_key", "sharedKeySecretName", "psk_length", "sharedKeyVaultId", "radiusSharedSecret"],
)
def test_names_of_something_else(name: str) -> None:
    """Keys of other services, and words about keys."""
    assert not names_a_key(name)


@pytest.mark.parametrize("text", ["", " ", "<key>", "****", "xxxx", "GEN-PASSWORD", "SHARED_KEY", "YOUR_KEY_HERE", "your pre-shared key"])
def test_placeholders_hold_no_key(text: str) -> None:
    """What stands for a key that nobody has filled in."""
    assert holds_no_key(text)


@pytest.mark.parametrize("text", ["changeme", "Key", "KEY1", "your-shared-key-2024", "x1x", "<a>b"])
def test_weak_keys_are_keys(text: str) -> None:
    """A weak text that would work as a key is one."""
    assert not holds_no_key(text)


def test_which_files_a_folder_is_searched_for() -> None:
    """By their suffix in any casing; Markdown is prose and only read when it is named."""
    assert [name for name in ("A.SH", "b.tfvars.json", "c.tf", "d.md", "e.json", "f.env") if is_script(name)] == [
        "A.SH",
        "b.tfvars.json",
        "c.tf",
        "f.env",
    ]
