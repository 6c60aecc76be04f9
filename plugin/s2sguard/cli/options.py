"""From parsed arguments to the configuration in force."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from s2sguard.config import Config, load_config
from s2sguard.errors import UsageError

if TYPE_CHECKING:
    from s2sguard.audit import Request
    from s2sguard.collect.deployment.options import DeploymentOptions

FLAGS = {
    "complete": "--complete",
    "engine": "--engine",
    "opa_url": "--opa-url",
    "format": "--format",
    "fail_on": "--fail-on",
    "fail_on_unknown": "--fail-on-unknown",
    "fail_on_gap": "--fail-on-gap",
    "agreements": "--agreements",
    "waivers": "--waivers",
    "baseline": "--baseline",
    "store": "--store",
}


def configuration(arguments: Namespace) -> Config:
    """Return the configuration with the flags of this command on top; raises ConfigError."""
    given = vars(arguments)
    flags: dict[str, tuple[object, str]] = {f"/{name}": (given[name], flag) for name, flag in FLAGS.items() if given.get(name) is not None}
    flags |= {f"/assumptions/{name}": (value, "--assume") for name, value in given.get("assume", ())}
    return load_config(flags=flags, file=given.get("config"))


def today(arguments: Namespace) -> date:
    """Return the date the run is judged by: `--today`, else the date now (UTC)."""
    given: date | None = arguments.today
    return given or datetime.now(UTC).date()


def request_of(arguments: Namespace, config: Config) -> Request:
    """Return what a command with an input is asked to read and judge."""
    from s2sguard.audit import Request
    from s2sguard.cli.live import live_of

    live = live_of(arguments)
    if live is not None and (arguments.paths or arguments.overlay):
        raise UsageError("a live estate and paths exclude each other", hint="`s2sguard collect` first: `scan PLAN --with SNAPSHOT`")
    if live is None and not arguments.paths:
        hint = "give files or folders, or one of --subscription, --management-group and --all-subscriptions"
        raise UsageError("nothing says what to read", hint=hint)
    return Request(
        paths=tuple(arguments.paths),
        input_format=arguments.input_format,
        overlay=arguments.overlay,
        config=config,
        today=today(arguments),
        deployment=deployment_of(arguments),
        live=live,
        observed=tuple(arguments.observed),
    )


def deployment_of(arguments: Namespace) -> DeploymentOptions:
    """Return how the templates of a command's input are deployed."""
    from s2sguard.collect.deployment.options import DeploymentOptions

    chosen = {} if arguments.deploy_to is None else {"scope": arguments.deploy_to}
    return DeploymentOptions(parameters=tuple(arguments.template_parameters), **chosen)


def now() -> str:
    """Return the time now as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
