"""Where a template is deployed to: a resource group, a subscription, a management group or the tenant, known or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.expression import Partial
from s2sguard.expression.partial import Token, digest, joined, shown, token
from s2sguard.model.stand_ins import STAND_IN_SCOPE

Text: TypeAlias = str | Partial
"""A string, known or partly known."""
Level: TypeAlias = Literal["group", "subscription", "management", "tenant"]

NOT_NAMED: Final = "where the template is deployed to is not known"
"""Why parts of a scope are not known."""
_LEVELS: Mapping[str, Level] = {
    "subscriptiondeploymenttemplate": "subscription",
    "managementgroupdeploymenttemplate": "management",
    "tenantdeploymenttemplate": "tenant",
}
_MANAGEMENT: Final = "/providers/Microsoft.Management/managementGroups/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The target of one deployment; what a level does not have is None."""

    level: Level
    subscription: Text | None = None
    group: Text | None = None
    management: Text | None = None

    @property
    def id(self) -> Text:
        """Return the resource id that the ids of resources deployed here start with; empty for the tenant."""
        if self.level == "tenant":
            return ""
        if self.level == "management":
            return joined([_MANAGEMENT, self.management or ""], segments=True)
        parts: list[Text] = ["/subscriptions/", self.subscription or ""]
        if self.level == "group":
            parts += ["/resourceGroups/", self.group or ""]
        return joined(parts, segments=True)

    def unknown_part(self, name: str) -> Partial:
        """Return what stands for something of this place that only Azure knows, such as its location."""
        stand_in = self.group is None or text_of(self.group) == "{resource-group}"
        return token(name if stand_in else f"{name}~{digest(shown(self.id))}", NOT_NAMED)

    def in_subscription(self, subscription: Text) -> Place:
        """Return a subscription."""
        return Place(level="subscription", subscription=subscription)

    def in_group(self, group: Text, subscription: Text | None = None) -> Place:
        """Return a resource group, in the subscription of this place where none is given."""
        home = subscription if subscription is not None else self.subscription
        return Place(level="group", subscription=home if home is not None else token("subscription", NOT_NAMED), group=group)


def text_of(value: Text) -> str:
    """Return a string with its tokens."""
    return value if isinstance(value, str) else value.text


def place_of(scope: str, schema: object = None) -> Place:
    """Return the place of a root template: the scope given, raised to the level that the template's schema is for.

    What the scope does not say gets a stand-in.
    """
    place = read_scope(scope) or read_scope(STAND_IN_SCOPE) or Place(level="tenant")
    level = _level(schema)
    subscription = place.subscription if place.subscription is not None else token("subscription", NOT_NAMED)
    if level is None or level == place.level:
        return place
    if level == "group":
        return Place(level="group", subscription=subscription, group=token("resource-group", NOT_NAMED))
    if level == "subscription":
        return Place(level="subscription", subscription=subscription)
    if level == "management":
        return Place(level="management", management=token("management-group", NOT_NAMED))
    return Place(level="tenant")


def _level(schema: object) -> Level | None:
    if not isinstance(schema, str):
        return "group"
    written = schema.lower()
    return next((level for word, level in _LEVELS.items() if word in written), "group")


def read_scope(scope: Text) -> Place | None:
    """Return the place that a resource id names, None for anything else."""
    if isinstance(scope, Partial):
        return None
    if scope.strip() == "/":
        return Place(level="tenant")
    segments = scope.strip().strip("/").split("/")
    names = [segment.lower() for segment in segments]
    if len(segments) == 4 and names[::2] == ["subscriptions", "resourcegroups"] and all(segments):
        return Place(level="group", subscription=_named(segments[1]), group=_named(segments[3]))
    if len(segments) == 2 and names[0] == "subscriptions" and segments[1]:
        return Place(level="subscription", subscription=_named(segments[1]))
    if len(segments) >= 3 and names[-3:-1] == ["microsoft.management", "managementgroups"] and segments[-1]:
        return Place(level="management", management=_named(segments[-1]))
    return None


def _named(segment: str) -> Text:
    """Return a segment; one in braces is a stand-in for something that is not known."""
    return Partial(NOT_NAMED, (Token(segment),)) if segment.startswith("{") and segment.endswith("}") else segment
