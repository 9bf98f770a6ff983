"""The actions and the unmodelled parameters of every product, by the product's name."""

from __future__ import annotations

from lab.cloud import services
from lab.cloud.services import ecs

ACTIONS = {"Vpc": services.ACTIONS, "Ecs": ecs.ACTIONS}
UNMODELLED = {"Vpc": services.UNMODELLED, "Ecs": ecs.UNMODELLED}
