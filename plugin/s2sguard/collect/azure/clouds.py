"""Where Azure Resource Manager answers in each cloud, which token it takes, and who issues it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from s2sguard.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where Azure Resource Manager answers, which token it takes, and who issues it."""

    endpoint: str
    token_scope: str
    authority: str


_US_GOVERNMENT: Final = Cloud(
    endpoint="https://management.usgovcloudapi.net",
    token_scope="https://management.core.usgovcloudapi.net/.default",  # noqa: S106  # the name of a permission
    authority="login.microsoftonline.us",
)
CLOUDS: Final[Mapping[str, Cloud]] = {
    # `azure.mgmt.core.tools.get_arm_endpoints` and `azure.identity.AzureAuthorityHosts`.
    "public": Cloud(
        endpoint="https://management.azure.com",
        token_scope="https://management.azure.com/.default",  # noqa: S106
        authority="login.microsoftonline.com",
    ),
    "usgov": _US_GOVERNMENT,
    "usgovernment": _US_GOVERNMENT,
    "china": Cloud(
        endpoint="https://management.chinacloudapi.cn",
        token_scope="https://management.chinacloudapi.cn/.default",  # noqa: S106
        authority="login.chinacloudapi.cn",
    ),
}
"""Name on the command line -> cloud; the US government's has a short and a long one."""


def cloud_called(name: str) -> Cloud:
    """Return the cloud of a name on the command line; raises UsageError for another name."""
    if name not in CLOUDS:
        raise UsageError(f"no cloud `{name[:40]}`", hint=f"the clouds are {', '.join(CLOUDS)}")
    return CLOUDS[name]
