"""The policy pack: found, read, digested, and refused when it is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from s2sguard.errors import PackError
from s2sguard.evaluate import pack as subject
from s2sguard.evaluate.pack import load_pack, pack_path, write_modules
from tests.integration.packs import HEAD, write_pack

ROOT = Path(__file__).resolve().parents[3]


def refusal(folder: Path, head: str) -> str:
    """Return why a pack whose one control starts with `head` is refused."""
    with pytest.raises(PackError) as caught:
        write_pack(folder, head=head)
    return caught.value.message


def test_a_checkout_has_its_pack_beside_the_plugin() -> None:
    """Without a packed copy the policies of the checkout are the pack."""
    assert ROOT / "policies" == pack_path()


def test_an_installed_package_carries_its_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy inside the package goes before a checkout."""
    (tmp_path / "_pack" / "s2sguard").mkdir(parents=True)
    monkeypatch.setattr(subject, "_PACKAGE", tmp_path)
    assert tmp_path / "_pack" == pack_path()


def test_no_pack_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without policies says so."""
    monkeypatch.setattr(subject, "_PACKAGE", tmp_path)
    monkeypatch.setattr(subject, "_REPOSITORY", tmp_path)
    with pytest.raises(PackError, match="no policy pack is installed"):
        pack_path()


def test_tests_are_not_modules() -> None:
    """The modules are sorted, start with the root and hold no test."""
    names = [module.name for module in load_pack().modules]
    assert sorted(names) == names
    assert [] == [name for name in names if name.endswith("_test.rego") or not name.startswith("s2sguard/")]


def test_every_control_folder_is_a_control() -> None:
    """A folder is a registration: its family, name and page come from its path."""
    folders = {path.parent.relative_to(pack_path()).as_posix() for path in pack_path().glob("s2sguard/controls/*/*/*.rego")}
    assert {f"{folder}/control.md" for folder in folders} == {control.page for control in load_pack().controls}


def test_the_digest_does_not_depend_on_where_or_how_it_is_stored(tmp_path: Path) -> None:
    """A copy, a copy without tests, and a copy with Windows line ends are the same pack."""
    pack = load_pack()
    write_modules(pack, tmp_path / "modules")
    shutil.copytree(pack.root, tmp_path / "windows")
    for module in pack.modules:
        (tmp_path / "windows" / module.name).write_bytes(module.text.replace("\n", "\r\n").encode())
    assert {pack.digest} == {load_pack(tmp_path / name).digest for name in ("modules", "windows")}


def test_the_digest_changes_with_a_module(tmp_path: Path) -> None:
    """One more comment is another pack, and so is another name."""
    one = write_pack(tmp_path / "one")
    two = write_pack(tmp_path / "two", head=HEAD + "# more\n")
    renamed = subject.digest_texts([(module.name + "x", module.text) for module in one.modules])
    assert 3 == len({one.digest, two.digest, renamed})


def test_the_digest_keeps_names_and_contents_apart() -> None:
    """Moving a character from a name to its content gives another digest."""
    assert subject.digest_texts([("ab", "c")]) != subject.digest_texts([("a", "bc")])


def test_a_folder_without_main_is_no_pack(tmp_path: Path) -> None:
    """The entrypoint's module must be there."""
    with pytest.raises(PackError, match="is not a policy pack"):
        load_pack(tmp_path)


def test_a_control_folder_without_its_module_is_refused(tmp_path: Path) -> None:
    """A misnamed file would otherwise be a control nobody knows."""
    write_pack(tmp_path)
    folder = tmp_path / "s2sguard" / "controls" / "tst" / "two"
    folder.mkdir()
    (folder / "other.rego").write_text("package s2sguard.controls.tst.two\n", encoding="utf-8")
    subject._load.cache_clear()
    with pytest.raises(PackError, match=r"`tst/two` has no `two\.rego`"):
        load_pack(tmp_path)


def test_a_module_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """The file is named, its content is not."""
    (tmp_path / "s2sguard" / "main").mkdir(parents=True)
    (tmp_path / "s2sguard" / "main" / "main.rego").write_bytes(b"\xff\xfe\x00secret")
    with pytest.raises(PackError, match=r"`s2sguard/main/main\.rego` cannot be read"):
        load_pack(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# METADATA", "# META", "has no METADATA block directly above its package"),
        ("package s2sguard.controls.tst.one", "package s2sguard.controls.tst.two", "declares another package than its folder"),
        ("# title: A test", "# title: [", "has a METADATA block that is not one YAML document"),
        ("# title: A test", "# title: ''", "has no text `title`"),
        ("# description: Only here.", "# description: 7", "has no text `description`"),
        ("# custom:\n", "# customs:\n", "has no mapping `custom`"),
        ("S2S-TST-001", "S2S-TEST-1", "has an id that is not of the form"),
        ("severity: high", "severity: huge", "has a severity other than critical, high, medium, low"),
        ("#   fix: nothing\n", "", "has no text `fix`"),
        ("needs: []", "needs: bgp", "has no `needs`"),
        ("needs: []", "needs: []\n#   mappings: []", "has no mapping `mappings`"),
        ("needs: []", "needs: []\n#   mappings: {nist: ['SC-7']}", "has a mapping that is not one of nist_800_53, "),
        ("needs: []", "needs: []\n#   mappings: {nis2: []}", "has a mapping that is not one of nist_800_53, "),
        ("needs: []", "needs: []\n#   mappings: {nis2: [21]}", "has a mapping that is not one of nist_800_53, "),
    ],
)
def test_broken_metadata_names_the_file(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """A control without sound METADATA is refused, and the message says where and what."""
    message = refusal(tmp_path, HEAD.replace(old, new))
    assert message.startswith("control `s2sguard/controls/tst/one/one.rego` ")
    assert reason in message


def test_one_broken_block_is_found_among_others(tmp_path: Path) -> None:
    """All blocks are read at once, and still the right file is blamed."""
    write_pack(tmp_path)
    path = tmp_path / "s2sguard" / "controls" / "tst" / "zero" / "zero.rego"
    path.parent.mkdir()
    path.write_text(HEAD.replace("tst.one", "tst.zero").replace("A test", "}").replace("001", "002"), encoding="utf-8")
    subject._load.cache_clear()
    with pytest.raises(PackError, match=r"zero/zero\.rego"):
        load_pack(tmp_path)


def test_an_id_belongs_to_one_folder(tmp_path: Path) -> None:
    """Two controls with one id would share verdicts."""
    write_pack(tmp_path)
    path = tmp_path / "s2sguard" / "controls" / "tst" / "two" / "two.rego"
    path.parent.mkdir()
    path.write_text(HEAD.replace("tst.one", "tst.two"), encoding="utf-8")
    subject._load.cache_clear()
    with pytest.raises(PackError, match="share the id S2S-TST-001"):
        load_pack(tmp_path)
