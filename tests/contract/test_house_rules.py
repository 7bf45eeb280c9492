"""The rules of CONTRIBUTING.md that neither ruff nor import-linter can hold."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 350

# In pieces, so that this file does not name them either.
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
    )
]


@cache
def tracked_files() -> tuple[Path, ...]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(file for file in files if file.is_file())


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def files_with(*needles: str) -> list[str]:
    wanted = [needle.lower().encode() for needle in needles]
    contents = ((file, file.read_bytes().lower()) for file in tracked_files())
    return [name_of(file) for file, content in contents if any(needle in content for needle in wanted)]


def test_no_file_names_a_package_registry():
    assert files_with(*REGISTRY_HOSTS) == []


def test_no_file_carries_a_path_of_the_machine_it_was_written_on():
    assert files_with(f"{ROOT}/", f"{Path.home()}/") == []


def test_locks_name_no_index_and_hash_every_package():
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {lock.stem for lock in locks} >= {"dev", "processor", "scraper"}
    for lock in locks:
        text = lock.read_text()
        assert not re.search(r"--(extra-)?index-url|--find-links|://", text), lock.name
        entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert entries
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == [], lock.name


def test_the_images_run_the_versions_that_were_tested():
    # Without what follows `;`: for which machines a package is wanted may differ, its version may not.
    pins = {
        lock.stem: set(re.findall(r"^[a-z0-9][^\\\n;]*==[^\\\n; ]*", lock.read_text(), re.MULTILINE))
        for lock in (ROOT / "requirements").glob("*.txt")
    }
    assert pins["scraper"] <= pins["dev"]
    assert pins["processor"] <= pins["dev"]


def test_a_module_is_one_idea_long():
    modules = [file for file in tracked_files() if file.suffix == ".py"]
    lengths = {name_of(file): len(file.read_text().splitlines()) for file in modules}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_a_file_name_says_what_is_inside():
    vague = re.compile(r"(utils?|helpers?|common|managers?|misc)(\..*)?")
    assert [name_of(file) for file in tracked_files() if vague.fullmatch(file.name.lower())] == []
