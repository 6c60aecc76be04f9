"""What to do about a fact that is not known, by the reasons that `collect` and `facts` give."""

from __future__ import annotations

REMEDIES: tuple[tuple[str, str], ...] = (
    ("the gateway itself is not in the input", "read the virtual network gateways too, and all their connections"),
    ("the gateway is not in the input", "read the virtual network gateways too, and all their connections"),
    ("the gateway is only referred to", "lay this input over what is there now: --with SNAPSHOT"),
    ("Terraform shows only its own", "lay this plan over what is there now: --with SNAPSHOT"),
    ("the site it refers to is not in the input", "read the local network gateways too"),
    ("the gateway's network is not in the input", "read the virtual networks too"),
    ("the gateway's subnet is not in the input", "read the virtual networks too"),
    ("the network is only referred to", "read the virtual networks too"),
    ("a peered network is not in the input", "read the virtual networks of the spokes too, in every subscription"),
    ("side of the peering is not in the input", "read the virtual networks of the spokes too, in every subscription"),
    ("known only after apply", "give it a value in the configuration, lay the plan over --with SNAPSHOT, or scan again after the apply"),
    ("template expression", "scan what was deployed, or a Terraform plan"),
    ("two inputs disagree", "give only the newer of the two"),
    ("listed without its properties", "take `properties` into the query"),
    ("not JSON", "write that file anew, or take it out of the input"),
)
"""A piece of a reason -> what to do about it. No piece is part of another: a reason made of several gets all their remedies."""


def remedy(reason: str) -> str:
    """Return what to do about a reason; empty where the reason says it itself."""
    return "; ".join(dict.fromkeys(text for piece, text in REMEDIES if piece in reason))
