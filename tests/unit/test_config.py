"""The configuration: three layers, each value with its origin, and one clear line for whatever is wrong."""

from __future__ import annotations

import json
import re
import traceback
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import s2sguard
from s2sguard.config import DEFAULTS, NOT_SETTINGS, Config, load_config
from s2sguard.config.schema import SCHEMA_FILE, environment_names, schema
from s2sguard.config.source import MAX_BYTES, parse_yaml
from s2sguard.errors import ConfigError
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS, HARDENED_SETTINGS, ExtensionException, Identity, Party


def load(
    folder: Path, text: str | bytes = "", *, environ: dict[str, str] | None = None, flags: dict[str, tuple[object, str]] | None = None
) -> Config:
    """Load a configuration with `text` as its file, and nothing of this machine's environment."""
    if text:
        (folder / "s2sguard.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    return load_config(folder=folder, environ=environ or {}, flags=flags)


def refusal(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> str:
    """Return what is printed for a configuration that is refused, without the folder's name."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, environ=environ)
    return caught.value.diagnostics().replace(f"{folder}/", "")


def test_without_anything_every_value_is_the_hardened_default(tmp_path: Path) -> None:
    """No file, no variable, no flag: the defaults, and they say so."""
    config = load(tmp_path)
    assert (config.settings, config.assumptions, config.identity) == (HARDENED_SETTINGS, DEFAULT_ASSUMPTIONS, Identity())
    assert (config.engine, config.fail_on, config.format, config.complete, config.file) == ("auto", "high", "table", False, None)
    assert set(config.origins.values()) == {"default"}
    assert config.changed_settings() == ()


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path: Path) -> None:
    """Each value is the one of the highest layer that sets it, and its origin names the place."""
    config = load(
        tmp_path,
        "engine: opa\nfail_on: low\nformat: json\n",
        environ={"S2SGUARD_FAIL_ON": "medium", "S2SGUARD_ENGINE": "wasm"},
        flags={"/engine": ("regopy", "--engine")},
    )
    assert (config.engine, config.fail_on, config.format) == ("regopy", "medium", "json")
    origins = {name: config.origins[f"/{name}"].replace(f"{tmp_path}/", "") for name in ("engine", "fail_on", "format", "complete")}
    assert origins == {
        "engine": "flag --engine",
        "fail_on": "environment S2SGUARD_FAIL_ON",
        "format": "s2sguard.yaml:3",
        "complete": "default",
    }


def test_every_value_has_an_origin(tmp_path: Path) -> None:
    """Nothing is in force of which nobody can say where it comes from."""
    config = load(tmp_path, "settings:\n  dh_group: [ECP384]\n")
    assert config.values.keys() == config.origins.keys()


def test_a_written_list_replaces_the_default(tmp_path: Path) -> None:
    """Allow-lists are not mixed with the hardened ones; the others stay as they are."""
    config = load(tmp_path, "settings:\n  dh_group: [ECP384]\n  site_shortest_v4: 12\n")
    assert config.settings == {**HARDENED_SETTINGS, "dh_group": ["ECP384"], "site_shortest_v4": 12}
    assert config.changed_settings() == ("dh_group", "site_shortest_v4")


def test_what_makes_a_scan_look_better_is_told_with_its_place(tmp_path: Path) -> None:
    """A hostile repository brings its own file: what that says is in the report. What the caller said himself he knows."""
    identity = "identity:\n  partner_tag: env\n  trust_tag: env2\n  partners: {a: {trust: internal}}\n"
    text = f"complete: true\nfail_on: never\nopa_url: http://127.0.0.1:1\n{identity}"
    places = [remark.rpartition("(")[2].replace(f"{tmp_path}/", "") for remark in load(tmp_path, text).remarks()]
    assert places == [f"s2sguard.yaml:{line})" for line in (1, 2, 3, 5, 6, 7)]
    own = load(tmp_path / "none", flags={"/complete": (True, "--complete"), "/fail_on": ("never", "--fail-on")})
    assert [remark.rpartition("(")[2] for remark in own.remarks()] == ["flag --complete)"]
    assert load(tmp_path / "none").remarks() == ()


def test_the_defaults_are_never_changed_by_a_run(tmp_path: Path) -> None:
    """A configuration is a copy: two runs in one process do not share it."""
    load(tmp_path, "settings:\n  dh_group: [ECP384]\nassumptions:\n  peer_child_sa: accepted\n")
    assert (HARDENED_SETTINGS["dh_group"], DEFAULT_ASSUMPTIONS["peer_child_sa"]) == (
        ["DHGroup14", "DHGroup2048", "ECP256", "ECP384"],
        "refused",
    )


def test_parties_are_folded_as_facts_compare_them(tmp_path: Path) -> None:
    """Names and ids ignore case, partners are trimmed and folded, tag names are lowercase."""
    config = load(
        tmp_path,
        "identity:\n  partner_tag: Owner\n  partners:\n    To-Red: {partner: ' Groß LTD '}\n    /SUB/x/: {trust: internal}\n",
    )
    expected = Identity(partner_tag="owner", parties={"to-red": Party(partner="groß ltd"), "/sub/x": Party(trust="internal")})
    assert config.identity == expected


def test_facts_get_everything_they_depend_on(tmp_path: Path) -> None:
    """The options of the facts are the configuration's."""
    text = "complete: true\nexceptions:\n  - {gateway: GW, kind: P2S, reason: admins only}\nassumptions: {answer_clipped: false}\n"
    options = load(tmp_path, text).facts_options(date(2026, 1, 2))
    assert (options.today, options.complete) == (date(2026, 1, 2), True)
    assert options.exceptions == (ExtensionException(gateway="GW", kind="P2S", reason="admins only"),)
    assert options.assumptions == {**DEFAULT_ASSUMPTIONS, "answer_clipped": False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("engin: auto", "s2sguard.yaml:1: /engin: unknown key; did you mean `engine`?"),
        ("settings:\n  ike_encrypton: [AES256]", "s2sguard.yaml:2: /settings/ike_encrypton: unknown key; did you mean `ike_encryption`?"),
        ("retired_skus: {}", "s2sguard.yaml:1: /retired_skus: unknown key; it belongs under `settings`"),
        ("settings:\n  engine: auto", "s2sguard.yaml:2: /settings/engine: unknown key; it belongs at the top, not under another key"),
        ("fail_on: hihg", "s2sguard.yaml:1: /fail_on: must be one of critical, high, medium, low, never; did you mean `high`?"),
        ("complete: 'yes'", "s2sguard.yaml:1: /complete: must be true or false"),
        ("complete: yes", "s2sguard.yaml:1: /complete: must be true or false"),
        ("settings: [1]", "s2sguard.yaml:1: /settings: must be a mapping (`key: value` lines)"),
        ("settings: {sa_lifetime_seconds_min: '300'}", "s2sguard.yaml:1: /settings/sa_lifetime_seconds_min: must be a whole number"),
        ("settings: {sa_lifetime_seconds_min: true}", "s2sguard.yaml:1: /settings/sa_lifetime_seconds_min: must be a whole number"),
        ("settings: {sa_lifetime_seconds_min: 299}", "s2sguard.yaml:1: /settings/sa_lifetime_seconds_min: must be at least 300"),
        ("settings: {selector_shortest_local_v4: 0}", "s2sguard.yaml:1: /settings/selector_shortest_local_v4: must be at least 1"),
        ("settings: {selector_shortest_local_v4: 33}", "s2sguard.yaml:1: /settings/selector_shortest_local_v4: must be at most 32"),
        ("settings: {dh_group: []}", "s2sguard.yaml:1: /settings/dh_group: must not be empty"),
        ("settings: {dh_group: [ECP256, ECP256]}", "s2sguard.yaml:1: /settings/dh_group: holds a value twice"),
        (
            "settings:\n  retired_skus:\n    VpnGw1: 2026-02-30",
            "s2sguard.yaml:3: /settings/retired_skus/VpnGw1: must be a date, as YYYY-MM-DD",
        ),
        ("exceptions:\n- {gateway: g, kind: P2S, reason: ' '}", "s2sguard.yaml:2: /exceptions/0/reason: must not be empty"),
        ("exceptions:\n- gateway: g\n  kind: P2S", "s2sguard.yaml:2: /exceptions/0: needs `reason`"),
        ("identity: {partners: {to-red: {}}}", "s2sguard.yaml:1: /identity/partners/to-red: must not be empty"),
        ("opa_url: ftp://x", "s2sguard.yaml:1: /opa_url: must be an address such as http://127.0.0.1:8181, without user name or password"),
        ("- engine", "s2sguard.yaml:1: /: must be a mapping (`key: value` lines)"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    """File, line, JSON pointer, what is allowed, and the nearest key or value."""
    assert refusal(tmp_path, text).splitlines()[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nb: *x", "s2sguard.yaml:1: anchors and aliases are not accepted"),
        ("a: *x", "s2sguard.yaml:1: anchors and aliases are not accepted"),
        ("engine: !!python/object/apply:os.system [id]", "s2sguard.yaml:1: tags are not accepted"),
        ("engine: auto\nengine: opa", "s2sguard.yaml:2: `engine` is written twice in one mapping"),
        ("engine: auto\n---\nengine: opa", "s2sguard.yaml:2: more than one YAML document"),
        ("engine: [auto\n", "s2sguard.yaml:2: not valid YAML"),
        ("a: b: c", "s2sguard.yaml:1: not valid YAML"),
        ("\tengine: auto", "s2sguard.yaml:1: not valid YAML"),
        ("[" * 40, "s2sguard.yaml:1: nested more than 16 levels deep"),
        ("? [a]\n: b", "s2sguard.yaml:1: a key must be a word"),
        (b"engine: \xff", "configuration `s2sguard.yaml` is not UTF-8 text"),
        (b"#" * (MAX_BYTES + 1), "configuration `s2sguard.yaml` is larger than 1000000 bytes"),
    ],
)
def test_yaml_has_no_surprises(tmp_path: Path, text: str | bytes, expected: str) -> None:
    """Bombs, tags, duplicates and broken files end in one line."""
    assert refusal(tmp_path, text).splitlines()[0] == expected


def test_all_problems_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Nobody has to run ten times to mend ten mistakes."""
    assert refusal(tmp_path, "format: xml\nengine: x\nfail_on: y").splitlines() == [
        "s2sguard.yaml:1: /format: must be one of table, json, sarif, junit, tap, github, azuredevops, csv, markdown, html",
        "s2sguard.yaml:2: /engine: must be one of auto, opa, wasm, regopy",
        "s2sguard.yaml:3: /fail_on: must be one of critical, high, medium, low, never",
    ]


def test_no_value_is_ever_repeated(tmp_path: Path) -> None:
    """A key pasted into the wrong place does not end in a log."""
    planted = "planted" + "-key-1234567890"
    for text in (f"engine: {planted}", f"opa_url: http://u:{planted}@h", f"complete: {planted}", f"settings: {{dh_group: [{planted}]}}"):
        assert planted not in refusal(tmp_path, text)
    for name in ("ENGINE", "OPA_URL", "COMPLETE", "SETTINGS_DH_GROUP", "SETTINGS_SITE_SHORTEST_V4"):
        (tmp_path / "s2sguard.yaml").unlink(missing_ok=True)
        assert planted not in refusal(tmp_path, "", environ={f"S2SGUARD_{name}": f"http://u:{planted}@h"})


def test_what_an_error_prints_holds_no_text_of_the_file_either(tmp_path: Path) -> None:
    """The exceptions behind a parse error are not chained: they quote the file."""
    planted = "planted" + "-key-1234567890"
    (tmp_path / "s2sguard.yaml").write_text(f"a: [{planted}")
    with pytest.raises(ConfigError) as caught:
        load_config(folder=tmp_path, environ={})
    assert planted not in "".join(traceback.format_exception(caught.value))


def test_bounds_that_nothing_can_meet_name_both_sources(tmp_path: Path) -> None:
    """A least above a most is an error, also when the two come from different places."""
    message = refusal(tmp_path, "settings: {sa_lifetime_seconds_min: 30000}", environ={"S2SGUARD_SETTINGS_SA_LIFETIME_SECONDS_MAX": "3600"})
    assert message.splitlines()[0] == (
        "/settings/sa_lifetime_seconds_min (s2sguard.yaml:1) and "
        "/settings/sa_lifetime_seconds_max (environment S2SGUARD_SETTINGS_SA_LIFETIME_SECONDS_MAX): "
        "nothing could pass, the least is above the most"
    )


def test_one_party_written_twice_is_refused(tmp_path: Path) -> None:
    """Two spellings of one name would let the second win unseen."""
    message = refusal(tmp_path, "identity:\n  partners:\n    To-Red: {partner: a}\n    to-red: {partner: b}\n")
    assert message.splitlines()[0] == "s2sguard.yaml:2: /identity/partners/to-red: written twice, as names and ids ignore case"


def test_one_exception_for_each_gateway_and_kind(tmp_path: Path) -> None:
    """Two reasons for one road would leave open which one was meant."""
    text = "exceptions:\n- {gateway: gw, kind: P2S, reason: a}\n- {gateway: GW, kind: P2S, reason: b}\n"
    assert refusal(tmp_path, text).splitlines()[0] == "s2sguard.yaml:1: /exceptions/1: this gateway and kind have an exception already"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"S2SGUARD_FAIL_ONN": "x"}, "environment S2SGUARD_FAIL_ONN: not a setting\n  hint: did you mean `S2SGUARD_FAIL_ON`?"),
        (
            {"S2SGUARD_FAIL_ON": "hgh"},
            "environment S2SGUARD_FAIL_ON: must be one of critical, high, medium, low, never; did you mean `high`?",
        ),
        ({"S2SGUARD_COMPLETE": "maybe"}, "environment S2SGUARD_COMPLETE: must be true or false"),
        ({"S2SGUARD_SETTINGS_SITE_SHORTEST_V4": "-1"}, "environment S2SGUARD_SETTINGS_SITE_SHORTEST_V4: must be a whole number"),
        ({"S2SGUARD_SETTINGS_SITE_SHORTEST_V4": "9" * 5000}, "environment S2SGUARD_SETTINGS_SITE_SHORTEST_V4: must be a whole number"),
        ({"S2SGUARD_SETTINGS_DH_GROUP": "ECP256,"}, "environment S2SGUARD_SETTINGS_DH_GROUP: must be one of None, DHGroup1, "),
    ],
)
def test_a_wrong_variable_is_refused_by_name(tmp_path: Path, environ: dict[str, str], expected: str) -> None:
    """A variable that is misspelt must not leave a pipeline weaker without a word."""
    assert refusal(tmp_path, "", environ=environ).startswith(expected)


def test_variables_set_words_numbers_booleans_and_lists(tmp_path: Path) -> None:
    """Every scalar and every list can be set without a file; an empty variable is none."""
    environ = {
        "S2SGUARD_SETTINGS_DH_GROUP": "ECP256, ECP384",
        "S2SGUARD_SETTINGS_SITE_SHORTEST_V4": "12",
        "S2SGUARD_FAIL_ON_UNKNOWN": "TRUE",
        "S2SGUARD_ASSUMPTIONS_PEER_CHILD_SA": "accepted",
        "S2SGUARD_IDENTITY_PARTNER_TAG": "Owner",
        "S2SGUARD_ENGINE": "",
        "OTHER": "x",
    }
    config = load(tmp_path, environ=environ)
    assert config.settings["dh_group"] == ["ECP256", "ECP384"]
    assert config.settings["site_shortest_v4"] == 12
    assert (config.fail_on_unknown, config.assumptions["peer_child_sa"], config.identity.partner_tag) == (True, "accepted", "owner")
    assert config.engine == "auto"


def test_every_variable_the_package_reads_is_known() -> None:
    """No variable of another module is refused as a misspelling."""
    package = Path(s2sguard.__file__).parent
    named = {name for path in package.rglob("*.py") for name in re.findall(r'"(S2SGUARD_[A-Z_]+[A-Z])"', path.read_text(encoding="utf-8"))}
    assert sorted(named - NOT_SETTINGS - environment_names().keys()) == []


def test_the_file_can_be_named(tmp_path: Path) -> None:
    """`--config` wins over `S2SGUARD_CONFIG`, which wins over the file in the folder; a missing one is an error."""
    for name, engine in (("s2sguard.yaml", "auto"), ("a.yaml", "opa"), ("b.yaml", "wasm")):
        (tmp_path / name).write_text(f"engine: {engine}\n")
    environ = {"S2SGUARD_CONFIG": str(tmp_path / "a.yaml")}
    assert load_config(folder=tmp_path, environ=environ).engine == "opa"
    assert load_config(folder=tmp_path, environ=environ, file=str(tmp_path / "b.yaml")).engine == "wasm"
    with pytest.raises(ConfigError, match="does not exist or is not a file"):
        load_config(folder=tmp_path, environ={}, file=str(tmp_path / "c.yaml"))


def test_a_file_with_the_wrong_ending_is_not_overlooked(tmp_path: Path) -> None:
    """`s2sguard.yml` would be ignored in silence, so it is an error."""
    (tmp_path / "s2sguard.yml").write_text("engine: opa\n")
    with pytest.raises(ConfigError, match=re.escape("`s2sguard.yml` would not be read")):
        load_config(folder=tmp_path, environ={})


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    """Comments only, a byte order mark, or `---` alone are an empty configuration."""
    for text in ("# nothing\n", "\ufeff# nothing\n", "---\n"):
        assert load(tmp_path, text).settings == HARDENED_SETTINGS


def test_words_stay_words() -> None:
    """`no`, dates and version numbers are text, not booleans, dates and floats."""
    assert parse_yaml("{a: no, b: 2026-03-31, c: 1.10, d: 0x1F, e: 12, f: null, g: 'true', h: ~}", "f").value == {
        "a": "no",
        "b": "2026-03-31",
        "c": "1.10",
        "d": "0x1F",
        "e": 12,
        "f": None,
        "g": "true",
        "h": None,
    }


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_a_value_or_a_clear_error(text: str) -> None:
    """Whatever is in the file, it is read or refused."""
    with suppress(ConfigError):
        parse_yaml(text, "f")


def test_the_schema_describes_exactly_what_there_is() -> None:
    """Schema and code know the same keys and the same defaults, and every key has a description for editors."""
    Draft202012Validator.check_schema(schema())
    properties = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["properties"]
    assert properties.keys() == DEFAULTS.keys()
    assert {name: node["default"] for name, node in properties["settings"]["properties"].items()} == HARDENED_SETTINGS
    assert {name: node["default"] for name, node in properties["assumptions"]["properties"].items()} == DEFAULT_ASSUMPTIONS
    assert [name for name, (_, node) in environment_names().items() if not node.get("description")] == []


def test_the_defaults_are_valid() -> None:
    """What is in force without a file could be written into one."""
    assert list(Draft202012Validator(schema()).iter_errors(DEFAULTS)) == []
