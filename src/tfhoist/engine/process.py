"""Running terraform or tofu: found on PATH, asked for its version, and run where nothing of the user's is written."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from tfhoist.errors import TfhoistError

OLDEST = (1, 1)
REMOVED_BLOCKS = {"terraform": (1, 7), "tofu": (1, 10)}
"""The first versions that know `removed` blocks with a `lifecycle` (OpenTofu's pull request 2628)."""
IMPORT_BLOCKS = {"terraform": (1, 5), "tofu": (1, 6)}
MOCKS = {"terraform": (1, 7), "tofu": (1, 8)}
"""The first versions whose tests know `mock_provider` and `override_data`."""
_OPENTOFU = (".tofu", ".tofu.json")
GRACE = 5.0
"""How long (seconds) a command has to end by itself before it's killed."""


class EngineMissing(TfhoistError):
    """There's no engine on PATH, or it's too old."""


class EngineFailed(TfhoistError):
    """A command failed; `output` has the engine's own words, whole."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        self.command = tuple(command)
        self.output = output
        super().__init__(f"`{' '.join(command)}` failed:\n{output}")


class Running:
    """The commands of an engine that run now, so that another thread can stop them; once stopped, none starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """A command has started."""
        with self._lock:
            self._processes.add(process)
            if self._stopped:
                _signal(process, signal.SIGINT)

    def remove(self, process: subprocess.Popen[bytes]) -> None:
        """A command has ended."""
        with self._lock:
            self._processes.discard(process)

    def stop(self) -> None:
        """End all that run: asked first, and killed when they don't heed it."""
        with self._lock:
            self._stopped = True
            running = list(self._processes)
        for process in running:
            _signal(process, signal.SIGINT)
        until = time.monotonic() + GRACE
        while any(process.poll() is None for process in running) and time.monotonic() < until:
            time.sleep(0.05)
        for process in running:
            _signal(process, signal.SIGKILL)


class Engine(msgspec.Struct, frozen=True):
    """One engine: `terraform` or `tofu`, where it is, and its version."""

    name: str
    path: str
    version: str
    timeout: float | None = None
    running: Running = msgspec.field(default_factory=Running)

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor version."""
        return _numbers(self.version)

    def check(self, needed: Mapping[str, tuple[int, int]], what: str) -> None:
        """Raise `EngineMissing` for a version that doesn't know something yet."""
        first = needed[self.name]
        if self.numbers < first:
            raise EngineMissing(
                f"{self.name} {self.version} doesn't know {what}: {first[0]}.{first[1]} is the first that does."
            )

    def run(self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> bytes:
        """Run a command there and return its standard output; raises `EngineFailed`.

        The user's credentials, provider settings and plugin cache hold; what would change the command's arguments, its data folder or
        its workspace doesn't.
        """
        code, output, errors = self.ask(folder, arguments, environment)
        if code != 0:
            raise EngineFailed((self.name, *arguments), (errors or output).decode(errors="replace"))
        return output

    def ask(
        self, folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Like `run`, for a command that says in JSON what is wrong: its exit code, standard output and standard error."""
        command = (self.name, *arguments)
        try:
            # A session of its own, so that a timeout reaches the providers too, which the engine starts.
            process = subprocess.Popen(
                [self.path, *arguments], cwd=folder, env={**_environment(), **(environment or {})},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise EngineFailed(command, str(error)) from None
        self.running.add(process)
        try:
            output, errors = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            _stop(process)
            raise EngineFailed(command, f"It took longer than {self.timeout:g} s.") from None
        except BaseException:
            _stop(process)
            raise
        finally:
            self.running.remove(process)
        return process.returncode, output, errors


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a command and what it started: asked first, so that providers can let go of what they hold."""
    for sent in (signal.SIGINT, signal.SIGKILL):
        _signal(process, sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE)
            return


def _signal(process: subprocess.Popen[bytes], sent: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, sent)


def find_engine(name: str | None = None, *, files: Iterable[str] = (), timeout: float | None = None) -> Engine:
    """The engine of that name on PATH, or at that path; without a name, the one that reads these files. Raises `EngineMissing`.

    OpenTofu alone reads `.tofu` files: Terraform would plan a root without what is in them.
    """
    only_tofu = min((path for path in files if path.endswith(_OPENTOFU)), default=None)
    why = f" {only_tofu} is a file that only OpenTofu reads: give it with --engine." if only_tofu is not None else ""
    if name is None:
        name = "tofu" if only_tofu is not None else "terraform"
    path = shutil.which(name)
    if path is None:
        where = "isn't a program" if os.sep in name else "isn't on PATH"
        raise EngineMissing(f"{name} {where}; the symbolic proof needs none.{why}")
    path = os.path.abspath(path)
    shown = "tofu" if Path(path).name.startswith(("tofu", "opentofu")) else "terraform"
    try:
        said = Engine(shown, path, "", timeout).run(Path.cwd(), ["version", "-json"])
        version = str(msgspec.json.decode(said)["terraform_version"])
    except (EngineFailed, msgspec.DecodeError, KeyError, TypeError) as error:
        raise EngineMissing(f"{name} doesn't tell its version as Terraform 1.1 and OpenTofu do: {error}") from None
    if shown == "terraform" and only_tofu is not None:
        raise EngineMissing(f"{name} {version} is Terraform, and would plan something else.{why}")
    if _numbers(version) < OLDEST:
        raise EngineMissing(f"{name} {version} is too old: {OLDEST[0]}.{OLDEST[1]} is the oldest that is run.")
    return Engine(shown, path, version, timeout)


def _numbers(version: str) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match is not None else (0, 0)


_DROPPED = ("TF_DATA_DIR", "TF_WORKSPACE", "TF_INPUT", "TF_REATTACH_STATE")


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in _DROPPED and not name.startswith("TF_CLI_ARGS")
    }
    return {**kept, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0"}
