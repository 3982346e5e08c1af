"""The demo's other processes: started, watched, started again, stopped."""

import asyncio
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

ROOT = Path(__file__).parents[3]
OURS = ("SIGNOFF_", "SLACK_", "DISCORD_")
LOG_MAX = 5_000_000  # bytes; a longer log begins anew
RESTARTS_MAX = 5
RESTART_AFTER = 2.0  # seconds
STOP_WITHIN = 2.0  # seconds, then they are killed


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a module and its arguments, and the settings it sees."""

    name: str
    arguments: list[str]
    settings: dict[str, str] = field(default_factory=dict)


class Programs:
    """Every program, with its log. They end with us, however we end: they hold a leash."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._ended: dict[str, int] = {}
        self._is_stopping = False

    async def start(self, program: Program) -> None:
        """Starts a program, and starts it again should it end."""
        await self._launch(program)
        self._watchers[program.name] = asyncio.create_task(self._watch(program))

    async def stop(self) -> None:
        """Ends all of them: kindly first."""
        self._is_stopping = True
        for watcher in self._watchers.values():
            watcher.cancel()
        await asyncio.gather(*self._watchers.values(), return_exceptions=True)
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        waits = [process.wait() for process in self._running.values()]
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*waits), STOP_WITHIN)
        for process in self._running.values():
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    def why_ended(self, name: str) -> str | None:
        """The last line that a program wrote before it ended; None while it runs."""
        if name not in self._ended:
            return None
        lines = self.log_of(name).read_text(errors="replace").strip().splitlines() or ["no reason"]
        return f"{lines[-1]} (exit status {self._ended[name]}, log: {self.log_of(name)})"

    def log_of(self, name: str) -> Path:
        """Where a program's log is."""
        return self._logs / f"{name}.log"

    async def _launch(self, program: Program) -> None:
        path = self.log_of(program.name)
        if path.exists() and path.stat().st_size > LOG_MAX:
            path.unlink()
        with path.open("ab") as log:
            self._running[program.name] = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "handlers.demo.leash",
                *program.arguments,
                cwd=self._logs,  # where no .env of somebody's installation is
                env=_environment(program.settings),
                stdin=asyncio.subprocess.PIPE,  # the leash
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours alone to hand on
            )

    async def _watch(self, program: Program) -> None:
        for _ in range(RESTARTS_MAX):
            self._ended[program.name] = await self._running[program.name].wait()
            log = self.log_of(program.name)
            click.echo(f"{program.name} ended, which it should not; see {log}. Starting it again.")
            await asyncio.sleep(RESTART_AFTER)
            await self._launch(program)
            del self._ended[program.name]
        click.echo(f"{program.name} keeps ending and is left alone now.")


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment without settings of any other Signoff, and without proxies."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and not name.lower().endswith("_proxy")
    }
    path = os.pathsep.join([str(ROOT), *filter(None, [inherited.get("PYTHONPATH")])])
    quick = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return {**inherited, **quick, "PYTHONPATH": path, **settings}
