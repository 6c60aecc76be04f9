"""Where the policy pack lies, what is in it, and the digest that names its content.

The pack is a folder with `s2sguard/` in it, the one to give to `opa -b` and `conftest -p`.
A wheel carries it inside the package as `_pack/`; a checkout and an editable install have it in `policies/` beside `plugin/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from s2sguard.errors import PackError
from s2sguard.evaluate.metadata import Source, read_controls
from s2sguard.evaluate.verdict import Control

ROOT: Final = "s2sguard"
"""The one root of the pack, in folders and in Rego packages alike."""
ENTRYPOINT: Final = "s2sguard/main/results"
"""The one rule every engine evaluates."""

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_REPOSITORY: Final = _PACKAGE.parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Rego file of the pack that is not a test."""

    name: str
    """Path below the pack's folder, with `/`, such as `s2sguard/lib/lib.rego`."""
    path: Path
    text: str
    """Its content with `\\n` line ends, so that a Windows checkout is the same pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The policy pack as read from disk, once; engines load these texts and never read the folder again."""

    root: Path
    modules: tuple[Module, ...]
    """Sorted by name."""
    digest: str
    """SHA-256 in hex over names and contents of the modules: the same for a checkout and a wheel."""
    controls: tuple[Control, ...]
    """Sorted by id."""


def pack_path() -> Path:
    """Return the folder of the shipped pack; raise `PackError` when this installation has none."""
    for candidate in (_PACKAGE / "_pack", _REPOSITORY / "policies"):
        if (candidate / ROOT).is_dir():
            return candidate
    raise PackError("no policy pack is installed", hint="reinstall s2sguard, or run it from a complete checkout")


def page_of(control: Control, root: Path | None = None) -> str:
    """Return the text of a control's page, `control.md`; empty when this installation has none."""
    try:
        return ((root or pack_path()) / control.page).read_text(encoding="utf-8")
    except OSError:
        return ""


def checkout() -> Path | None:
    """Return the repository's folder when this is a checkout or an editable install, else None."""
    return _REPOSITORY if (_REPOSITORY / "policies" / ROOT).is_dir() else None


def load_pack(root: Path | None = None) -> Pack:
    """Return the pack in `root` (default: the shipped one), read once per process.

    Raise `PackError` when the folder holds no pack, or a module or a control's METADATA is broken.
    """
    return _load((root or pack_path()).resolve())


def digest(modules: Iterable[Module]) -> str:
    """Return the SHA-256 that names these modules, in hex; their order does not matter."""
    return digest_texts((module.name, module.text) for module in modules)


def digest_texts(named: Iterable[tuple[str, str]]) -> str:
    """Return the digest of (name, text) pairs; lengths go in as well, so that no two packs share one byte stream."""
    total = hashlib.sha256()
    for name, text in sorted(named):
        for part in (name.encode(), text.encode()):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def write_modules(pack: Pack, folder: Path) -> None:
    """Write the modules of `pack`, without tests and data files, into a folder that OPA can load as a bundle."""
    for module in pack.modules:
        path = folder / module.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(module.text, encoding="utf-8", newline="\n")


@lru_cache(maxsize=8)
def _load(root: Path) -> Pack:
    modules = tuple(_read(root, path) for path in sorted(_rego_files(root), key=lambda path: path.relative_to(root).as_posix()))
    if not any(module.name == f"{ROOT}/main/main.rego" for module in modules):
        raise PackError(f"`{root}` is not a policy pack", hint=f"it must hold `{ROOT}/main/main.rego`")
    return Pack(root=root, modules=modules, digest=digest(modules), controls=read_controls(_controls(root, modules)))


def _rego_files(root: Path) -> Iterable[Path]:
    return (path for path in (root / ROOT).rglob("*.rego") if not path.name.endswith("_test.rego"))


def _read(root: Path, path: Path) -> Module:
    name = path.relative_to(root).as_posix()
    try:
        # Universal newlines: the digest must not depend on how a checkout writes line ends.
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"policy module `{name}` cannot be read", hint="it must be a readable UTF-8 file") from error
    return Module(name=name, path=path, text=text)


def _controls(root: Path, modules: tuple[Module, ...]) -> list[Source]:
    texts = {module.name: module.text for module in modules}
    sources = []
    for folder in sorted((root / ROOT / "controls").glob("*/*/")):
        family, name = folder.parts[-2:]
        module = f"{ROOT}/controls/{family}/{name}/{name}.rego"
        if module in texts:
            sources.append(Source(name=module, text=texts[module]))
        elif any(folder.glob("*.rego")):
            raise PackError(f"control folder `{family}/{name}` has no `{name}.rego`", hint="a control is named after its folder")
    return sources
