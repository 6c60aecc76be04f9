"""JSON files that other tools keep in the folders of a project, by their names.

A scan of a repository meets them, and none of them is half an inventory. Only a well-formed file that holds nothing known is
passed over by its name: an inventory under such a name is read, and a broken file is a gap, as it may have been one.
"""

from __future__ import annotations

import re
from typing import Final

_FOREIGN: Final = re.compile(
    # npm and its kin; TypeScript; PHP; .NET; Bicep's linter; monorepo and release tools; editors; Azure Functions.
    r"(?:package|package-lock|npm-shrinkwrap|composer|deno|jsr|bower"
    r"|[tj]sconfig(?:\.[\w-]+)*"
    r"|global|launchsettings|bicepconfig"
    r"|angular|nx|project|lerna|turbo|rush|renovate|biome|jest\.config|release-please-(?:config|manifest)"
    r"|settings|launch|tasks|extensions|devcontainer"
    r"|host|local\.settings)\.json",
    re.IGNORECASE,
)


def is_foreign(file: str) -> bool:
    """Say whether a file has a name by which another tool looks for its own settings."""
    return _FOREIGN.fullmatch(file.replace("\\", "/").rpartition("/")[2]) is not None
