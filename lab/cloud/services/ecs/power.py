"""Starting and stopping instances, one or many."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lab.cloud.errors import ApiError
from lab.cloud.model import Instance, Region
from lab.cloud.services.context import Context, Params, Reply, choice
from lab.cloud.services.ecs.instances import MAX_AT_ONCE, existing, incorrect_status, status_effect
from lab.cloud.state import Effect, Step

MODES = ("KeepCharging", "StopCharging")
NOT_STOPPED = "Not-applicable"


def start_instance(ctx: Context, params: Params) -> Reply:
    """StartInstance: Stopped, Starting, Running."""
    instance = existing(ctx, params["InstanceId"])
    if instance.status != "Stopped":
        raise incorrect_status(instance)
    ctx.commit(params)
    _start(ctx, instance)
    return {}


def stop_instance(ctx: Context, params: Params) -> Reply:
    """StopInstance: Running, Stopping, Stopped. StoppedMode says whether a stopped instance is paid for."""
    instance = existing(ctx, params["InstanceId"])
    mode = _mode(params, instance)
    if instance.status != "Running":
        raise incorrect_status(instance)
    ctx.commit(params)
    _stop(ctx, instance, mode)
    return {}


def start_instances(ctx: Context, params: Params) -> Reply:
    """StartInstances: up to 100, all or none."""
    instances = _several(ctx, params, "Stopped")
    ctx.commit(params)
    for instance in instances:
        _start(ctx, instance)
    return _responses(instances, "Stopped")


def stop_instances(ctx: Context, params: Params) -> Reply:
    """StopInstances: up to 100, all or none."""
    instances = _several(ctx, params, "Running")
    modes = [_mode(params, instance) for instance in instances]
    ctx.commit(params)
    for instance, mode in zip(instances, modes, strict=True):
        _stop(ctx, instance, mode)
    return _responses(instances, "Running")


def record_powered_off(regions: Iterable[Region], identifiers: Collection[str]) -> bool:
    """Running instances among ``identifiers`` are Stopped now: their guests shut down. Whether there were any."""
    ended = [
        instance
        for region in regions
        for instance in region.instances.values()
        if instance.id in identifiers and instance.status == "Running"
    ]
    for instance in ended:
        instance.status, instance.stopped_mode = "Stopped", MODES[0]
    return bool(ended)


def _several(ctx: Context, params: Params, status: str) -> list[Instance]:
    choice(params, "BatchOptimization", ("AllTogether",), "AllTogether")
    identifiers = params["InstanceId"]
    if len(identifiers) > MAX_AT_ONCE:
        raise ApiError(400, "InvalidInstanceId.Malformed", f"At most {MAX_AT_ONCE} instances can be given.")
    instances = [existing(ctx, identifier) for identifier in identifiers]
    for instance in instances:
        if instance.status != status:
            raise incorrect_status(instance)
    return instances


def _mode(params: Params, instance: Instance) -> str:
    mode = choice(params, "StoppedMode", MODES, "KeepCharging")
    if mode == "StopCharging" and instance.charge_type == "PrePaid":
        raise ApiError(403, "OperationDenied.StopCharging", "A subscription cannot be stopped without charges.")
    return mode


def _start(ctx: Context, instance: Instance) -> None:
    instance.status, instance.stopped_mode, instance.started = "Starting", NOT_STOPPED, ctx.now
    ctx.start(Step(ctx.settings.delays.instance_start, [status_effect(instance, "Running")], barrier=True))


def _stop(ctx: Context, instance: Instance, mode: str) -> None:
    instance.status = "Stopping"
    mode_effect = Effect("instances", instance.id, "stopped_mode", mode)
    ctx.start(Step(ctx.settings.delays.instance_stop, [status_effect(instance, "Stopped"), mode_effect], barrier=True))


def _responses(instances: list[Instance], before: str) -> Reply:
    rows = [
        {
            "InstanceId": instance.id,
            "Code": "200",
            "Message": "success",
            "PreviousStatus": before,
            "CurrentStatus": instance.status,
        }
        for instance in instances
    ]
    return {"InstanceResponses": {"InstanceResponse": rows}}
