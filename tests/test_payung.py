"""`./payung` gets what it needs, once, says what it cannot get, and becomes the command; with made-up system programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("cat", "cksum", "dirname", "env", "grep", "mkdir", "mv", "readlink", "rm", "rmdir", "sh", "sleep")


class Machine:
    """A folder of programs instead of a system, a clone, and a Python environment whose pip only takes notes."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.clone, self.venv = folder / "bin", folder / "my clone", folder / "environment"
        for made in (self.bin, self.clone, self.venv / "bin"):
            made.mkdir(parents=True)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        for name in ("payung", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, self.clone)
        (self.venv / "pyvenv.cfg").touch()
        self.notes = folder / "notes"
        self.has("id", "echo 0")
        self.has("tesseract", "echo ind")
        self.has("python", f'echo "$@" >>"{self.notes}"', where=self.venv / "bin")
        self.has("payung", 'echo "hello $*"', where=self.venv / "bin")

    def has(self, name: str, does: str = "", *, where: Path | None = None) -> None:
        """A program of this name does this."""
        path = (where or self.bin) / name
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o755)

    def lacks(self, name: str) -> None:
        """There is no such program."""
        (self.bin / name).unlink()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What `./payung …` does, started from somewhere else."""
        surroundings = {"PATH": str(self.bin), "PAYUNG_VENV": str(self.venv)}
        command = [str(self.clone / "payung"), *words]
        return subprocess.run(command, env=surroundings, cwd="/", capture_output=True, text=True, check=False, timeout=60)

    def noted(self) -> list[str]:
        """What pip was asked to do since the last look."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_start_installs_and_the_second_only_starts(machine: Machine) -> None:
    first = machine.run("serve", "--port", "1")
    assert (first.stdout, first.returncode) == ("hello serve --port 1\n", 0)
    packages, project = machine.noted()
    assert "--require-hashes -r" in packages
    assert packages.endswith("/requirements.txt")
    assert "--no-deps --no-build-isolation -e" in project
    second = machine.run("--help")
    assert (second.stdout, second.stderr, machine.noted()) == ("hello --help\n", "", [])


@pytest.mark.parametrize("file", ["requirements.txt", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(machine: Machine, file: str) -> None:
    machine.run()
    machine.noted()
    with (machine.clone / file).open("a") as opened:
        opened.write("# changed\n")
    machine.run()
    assert len(machine.noted()) == 2


def test_the_environment_of_another_copy_is_left_to_it_while_that_copy_is_there(machine: Machine) -> None:
    machine.run()
    machine.noted()
    other = machine.clone
    machine.clone = other.with_name("second clone")
    shutil.copytree(other, machine.clone)
    refused = machine.run()
    assert refused.returncode == 1
    assert f"belongs to the copy in {other}" in refused.stderr
    assert "PAYUNG_VENV" in refused.stderr
    assert machine.noted() == []
    shutil.rmtree(other)
    assert machine.run().stdout == "hello \n"
    assert len(machine.noted()) == 2


def test_an_environment_that_was_moved_is_not_trusted(machine: Machine) -> None:
    (machine.venv / ".payung-place").write_text("/elsewhere\n/usr/bin/python3\n")
    refused = machine.run()
    assert "was made elsewhere" in refused.stderr
    assert "Python 3.11 or newer is needed" in refused.stderr  # this machine has none to make a new one with
    assert not machine.venv.exists()


def test_a_folder_that_is_no_environment_is_left_alone(machine: Machine) -> None:
    (machine.venv / "pyvenv.cfg").unlink()
    machine.has("python3")
    refused = machine.run()
    assert refused.returncode == 1
    assert "it stays as it is" in refused.stderr
    assert (machine.venv / "bin/payung").exists()


def test_a_failed_installation_is_tried_again(machine: Machine) -> None:
    machine.has("python", "exit 1", where=machine.venv / "bin")
    failed = machine.run()
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "pip could not install" in failed.stderr
    machine.has("python", f'echo "$@" >>"{machine.notes}"', where=machine.venv / "bin")
    assert machine.run().stdout == "hello \n"
    assert len(machine.noted()) == 2


def test_without_apt_it_says_what_to_install(machine: Machine) -> None:
    machine.lacks("tesseract")
    refused = machine.run()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "please install these with your system's tools" in refused.stderr
    assert "tesseract-ocr" in refused.stderr
    machine.has("tesseract", "echo ind")
    assert machine.run().returncode == 0


def test_without_sudo_it_says_what_an_administrator_should_run(machine: Machine) -> None:
    machine.lacks("tesseract")
    machine.has("apt-get", "exit 9")
    machine.has("id", "echo 1000")
    refused = machine.run()
    assert refused.returncode == 1
    assert "`apt-get install --no-install-recommends tesseract-ocr`" in refused.stderr


@pytest.mark.parametrize("user", ["0", "1000"])
def test_what_is_missing_and_no_more_is_installed_with_apt(machine: Machine, user: str) -> None:
    machine.lacks("tesseract")
    log = machine.bin / "apt.log"
    machine.has("id", f"echo {user}")
    machine.has("sudo", f'echo sudo >>"{log}"; exec "$@"')
    machine.has("apt-cache")
    install = f'printf "#!/bin/sh\\n" >"{machine.bin}/tesseract"; /bin/chmod +x "{machine.bin}/tesseract"'
    machine.has("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>"{log}"; case "$*" in *install*) {install} ;; esac')
    if not Path("/usr/share/tesseract-ocr").exists():
        pytest.fail("./payung installs tesseract-ocr-ind before the tests run")
    assert machine.run().stdout == "hello \n"
    lines = log.read_text().splitlines()
    assert lines.count("sudo") == (0 if user == "0" else 2)
    update, installed = (line for line in lines if line != "sudo")
    assert update == "noninteractive -qq update"
    assert installed.endswith("install -y --no-install-recommends tesseract-ocr")
    before = log.read_text()
    machine.run()
    assert log.read_text() == before


def test_a_lock_left_by_a_killed_process_is_taken_over(machine: Machine) -> None:
    lock = Path(f"{machine.venv}.lock")
    lock.mkdir()
    dead = subprocess.Popen(["true"])
    dead.wait()
    (lock / "pid").write_text(f"{dead.pid}\n")
    assert machine.run().stdout == "hello \n"
    assert not lock.exists()


def test_two_starts_at_once_install_once(machine: Machine) -> None:
    machine.has("python", f'echo "$@" >>"{machine.notes}"; sleep 0.3', where=machine.venv / "bin")
    command, surroundings = (
        [str(machine.clone / "payung"), "x"],
        {"PATH": str(machine.bin), "PAYUNG_VENV": str(machine.venv)},
    )
    started = [subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in started] == ["hello x\n"] * 2
    assert len(machine.noted()) == 2


def test_where_nothing_can_be_written_it_says_where_to_put_the_environment(machine: Machine) -> None:
    machine.venv = machine.notes / "environment"
    machine.notes.touch()  # a file where a folder would have to be
    machine.has("python3")
    refused = machine.run()
    assert refused.returncode == 1
    assert "set PAYUNG_VENV" in refused.stderr
