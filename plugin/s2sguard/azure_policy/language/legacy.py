"""Aliases from before aliases followed the shape of resources; read without a catalogue only, which knows their real paths.

Source: the alias tables of Microsoft's older pages on definitions and Resource Manager policies.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_IMAGE: Final = {"imagePublisher": "publisher", "imageOffer": "offer", "imageSku": "sku", "imageVersion": "version", "imageId": "id"}
_MACHINE: Final = "properties.storageProfile"
_SCALE_SET: Final = "properties.virtualMachineProfile.storageProfile"
_TYPED: Final = {
    "Microsoft.Compute/licenseType": ("properties.licenseType", "properties.virtualMachineProfile.licenseType"),
    "Microsoft.Compute/virtualMachines/sku.name": ("properties.hardwareProfile.vmSize",),
    "Microsoft.Compute/virtualMachines/osDisk.uri": (f"{_MACHINE}.osDisk.vhd.uri",),
    "Microsoft.Compute/virtualMachineScaleSets/osDisk.vhdContainers": (f"{_SCALE_SET}.osDisk.vhdContainers",),
    "Microsoft.DocumentDB/databaseAccounts/sku.name": ("properties.databaseAccountOfferType",),
    # Not confirmed: no page has it; the built-in definitions that read it do so for Arc machines, whose image is their `osName`.
    "Microsoft.HybridCompute/imageOffer": ("properties.osName",),
    "Microsoft.Storage/storageAccounts/accountType": ("sku.name", "properties.accountType"),
    "Microsoft.Storage/storageAccounts/enableBlobEncryption": ("properties.encryption.services.blob.enabled",),
    "Microsoft.Storage/storageAccounts/enableFileEncryption": ("properties.encryption.services.file.enabled",),
    **{
        f"Microsoft.Compute/{kind}{name}": paths
        for name, last in _IMAGE.items()
        for kind, paths in {
            "": (f"{_MACHINE}.imageReference.{last}", f"{_SCALE_SET}.imageReference.{last}"),
            "virtualMachines/": (f"{_MACHINE}.imageReference.{last}",),
            "virtualMachineScaleSets/": (f"{_SCALE_SET}.imageReference.{last}",),
        }.items()
    },
}
PATHS: Final = MappingProxyType({alias.lower(): paths for alias, paths in _TYPED.items()})
"""Lowercase alias -> the paths it may lead to; the first that leads to a value counts."""


def names_only_a_type(kind: str, path: str) -> bool:
    """Say whether what looks like an alias is no more than a resource type, such as `Microsoft.Network/connections`."""
    return "." in kind and "/" not in kind and path.isalnum() and f"{kind}/{path}".lower() not in PATHS


def without_repeated_type(kind: str, path: str) -> str | None:
    """Return the path without a first step that only repeats what the alias is about, or None.

    `Microsoft.Sql/auditingSettings.state` is `properties.state` of an auditing setting,
    `Microsoft.Web/sites/config/web.http20Enabled` is `properties.http20Enabled` of the configuration `web`.
    """
    first, dot, rest = path.partition(".")
    repeats = "/" not in kind or (kind.lower(), first.lower()) == ("microsoft.web/sites/config", "web")
    return rest if dot and repeats and "[" not in path else None
