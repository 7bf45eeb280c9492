"""A service: registers its deployments with Prefect, and runs what is due, for as long as it is let."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner

from saleslake import clock
from saleslake_flows.served import heartbeat, reconcile
from saleslake_flows.served.service import Service, Stamp

RUNS_AT_ONCE = 8
"""Runs of one service that are under way at the same time: some sources take hours, and mostly wait."""

LOOK_SECONDS = 10.0
"""Between two looks at the profiles, and at the server's memory of what it was told."""

_PAUSE = 3.0
"""Before a service starts anew: it may be refused for another reason than that nobody is there."""

_TERMINATED = 128 + signal.SIGTERM

_LAST_SECONDS = 15.0
"""Given to telling the server that the runs have ended, when the service ends; compose kills it after 30."""

Say = Callable[[str], None]


def serve_for_ever(service: Service, say: Say) -> NoReturn:
    """Serve until the process is ended. Where the server goes away, a process begun anew waits for it."""
    try:
        asyncio.run(_serve(service, say))
        _leave(service)
        sys.exit(_TERMINATED)
    except KeyboardInterrupt:
        _leave(service)
        raise
    except Exception as error:
        say(f"the service fell out of touch with Prefect's server ({_kinds(error)}); it starts anew")
        time.sleep(_PAUSE)
    # A new process image: nothing of the client's threads, sockets and caches lives on.
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


async def _serve(service: Service, say: Say) -> None:
    """Serve until SIGTERM comes; raises what the loop ends with when the server is gone."""
    runner = Runner(name=f"saleslake-{service.name}", limit=RUNS_AT_ONCE, pause_on_shutdown=False)
    async with get_client() as client:
        crashed = await reconcile.crash_orphans(client, service.flows)
        cancelled = await reconcile.cancel_late(client, service.flows)
        if crashed or cancelled:
            say(f"left behind by an earlier service: {crashed} runs crashed, {cancelled} late ones cancelled")
        await heartbeat.watch(client)
        registered = await _register(service, runner, client, say)
        looking = asyncio.create_task(_look(service, runner, client, registered, say))
        serving = asyncio.create_task(runner.start())
        loop = asyncio.get_running_loop()
        # Prefect's own handler leaves by an exception out of whatever is being done. By name, since mypy lets
        # nobody assign to a method.
        setattr(runner, "handle_sigterm", lambda *_: loop.call_soon_threadsafe(serving.cancel))  # noqa: B010
        try:
            await serving
        except asyncio.CancelledError:
            if not serving.cancelled():
                raise
        finally:
            looking.cancel()


@dataclass(frozen=True)
class _Registered:
    """What the server was told."""

    stamp: Stamp
    """Of what it was made of, or of something older: a profile that changed meanwhile is told again."""

    ids: dict[str, UUID]
    """Of deployments, by `<flow>/<name>`."""


async def _register(service: Service, runner: Runner, client: PrefectClient, say: Say) -> _Registered:
    """Tell the server what is served, and to forget what is not any more."""
    stamp = service.stamp()
    deployments = service.deployments()
    ids = {f"{each.flow_name}/{each.name}": await runner.aadd_deployment(each) for each in deployments}
    gone = await reconcile.forget(client, service.flows, ids)
    say(f"serving {', '.join(ids) or 'nothing'}" + (f"; gone: {', '.join(gone)}" if gone else ""))
    for name in service.due_at_once(set(ids)):
        await client.create_flow_run_from_deployment(ids[name])
    return _Registered(stamp, ids)


async def _look(
    service: Service, runner: Runner, client: PrefectClient, registered: _Registered, say: Say
) -> None:
    """Register again where the profiles changed, or the server has forgotten; crash runs that never begin."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            if service.stamp() != registered.stamp or await _is_forgotten(client, registered.ids):
                registered = await _register(service, runner, client, say)
            await reconcile.cancel_late(client, service.flows)
            await reconcile.crash_unbegun(client, service.flows, clock.now())
        except Exception as error:
            say(f"what is served could not be looked at ({_kinds(error)})")


async def _is_forgotten(client: PrefectClient, ids: dict[str, UUID]) -> bool:
    """Whether the server no longer knows a deployment: its database was made anew, or somebody deleted it."""
    for deployment in ids.values():
        try:
            await client.read_deployment(deployment)
        except ObjectNotFound:
            return True
    return False


def _leave(service: Service) -> None:
    """Have no run shown as running that ended with the service; where this cannot, the next start does it."""

    async def crash() -> None:
        async with get_client() as client:
            await reconcile.crash_orphans(client, service.flows)

    with suppress(Exception):
        asyncio.run(asyncio.wait_for(crash(), _LAST_SECONDS))


def _kinds(error: BaseException) -> str:
    """The kinds of the errors that a group of tasks ended with, or of the error itself."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(sorted({_kinds(each) for each in error.exceptions}))
    return type(error).__name__
