"""ARM templates: a template and its parameters -> the resources it would deploy."""

from s2sguard.collect.arm_template.deploy import evaluate
from s2sguard.collect.arm_template.interface import Deployment, Link, Linked
from s2sguard.model.stand_ins import STAND_IN_SCOPE

__all__ = ["STAND_IN_SCOPE", "Deployment", "Link", "Linked", "evaluate"]
