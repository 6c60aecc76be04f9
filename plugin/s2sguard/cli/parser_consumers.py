"""Arguments of the commands that hand policies and facts to OPA and conftest."""

from __future__ import annotations

import argparse

from s2sguard.cli.arguments import Commands, add_command, add_facts_options, add_input

CONFTEST_CODES = """\
exit codes of `s2sguard conftest run`, and of `conftest s2s` after conftest 0.69:
  0  no failure
  3  could not complete: an input that was not read, nothing read at all, or conftest failed
  4  failures
  5  warnings alone, with --fail-on-warn
  6  the command line or the configuration is not valid
conftest up to 0.69 makes 1 of all but 0. Where 3 and 4 or 5 both hold, 3 loses.
Every failure counts, whatever its severity; waivers and baselines are for `s2sguard scan`.
"""
_ALGORITHMS = tuple(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512))
"""What `opa sign` offers with a key pair. A shared secret would have to stand on a command line."""
_BUNDLE_HELP = """\
examples:
  s2sguard bundle -o s2sguard.tar.gz                          the policies
  s2sguard bundle --with-facts estate/ -o s2sguard.tar.gz     and what is known of an estate, for package s2sguard.estate
"""
_FEED_HELP = """\
Writes to the OPA server and to nothing else; S2SGUARD_OPA_TOKEN is its bearer token.
The estate is swapped in whole: until the new one is there, the old one answers.
"""


def add_consumers(commands: Commands) -> None:
    """Add `bundle`, `feed` and `conftest`."""
    _bundle(commands)
    _feed(commands)
    _conftest(commands)


def _bundle(commands: Commands) -> None:
    parser = add_command(commands, "bundle", "write the policies as a bundle for OPA, signed if asked", _BUNDLE_HELP)
    add_input(parser, needed=False)
    add_facts_options(parser)
    parser.add_argument("--with-facts", action="store_true", help="add what is known of the estate in PATH")
    _revision(parser)
    parser.add_argument("--signing-key", metavar="FILE", help="PEM file with a private key; needs the opa command")
    parser.add_argument("--signing-alg", choices=_ALGORITHMS, default="RS256", metavar="ALG", help="RS256 (default), PS256, ES256, ...")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write, such as s2sguard.tar.gz")


def _feed(commands: Commands) -> None:
    parser = add_command(commands, "feed", "put the policies, and what is known of an estate, into a running OPA server", _FEED_HELP)
    add_input(parser)
    add_facts_options(parser)
    _revision(parser)
    parser.add_argument("--opa-url", dest="server", metavar="URL", required=True, help="http://HOST:PORT or https://HOST:PORT")


def _revision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--revision", metavar="NAME", help="what to call it (default: a digest of everything in it)")


def _conftest(commands: Commands) -> None:
    parser = add_command(commands, "conftest", "let conftest judge, as a plugin of conftest", CONFTEST_CODES)
    parser.set_defaults(module="conftest_plugin")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    path = actions.add_parser("path", help="print the plugin's folder, for `conftest plugin install`", allow_abbrev=False)
    path.set_defaults(action="path")
    # Its module parses what follows, so that no error ends with 2: no argument begins with a NUL.
    judge = actions.add_parser("run", help="what `conftest s2s` does; see `run --help`", add_help=False, prefix_chars="\0")
    judge.add_argument("arguments", nargs=argparse.REMAINDER)
    judge.set_defaults(action="run")
