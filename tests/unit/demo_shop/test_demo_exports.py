"""The files: the same bytes for the same arguments, never another past, never half a file."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from demo_shop import exports
from tests.unit.demo_shop.reading import contents

SEED = 20
OPENED, EARLIER, LATER = date(2024, 9, 20), date(2025, 2, 20), date(2025, 3, 10)
# Tells when a platform or a Python makes other bytes. A change on purpose also raises VERSION in generate.py.
JANUARY_2025 = "7ae9650c4effaac666c63b935f187f7193994744d6c2cfd395513b3652fbe243"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """All exports until the later day, written in one go."""
    folder = tmp_path_factory.mktemp("fresh")
    exports.write(folder, SEED, LATER, OPENED)
    return contents(folder)


@pytest.fixture
def january(tmp_path):
    folder = tmp_path / "january"
    exports.write(folder, SEED, date(2025, 1, 31), date(2025, 1, 1))
    return folder


def test_the_bytes_are_the_same_everywhere(january):
    digest = hashlib.sha256()
    for name, (content, _) in sorted(contents(january).items()):
        digest.update(name.encode() + b"\0" + content)
    assert digest.hexdigest() == JANUARY_2025


def test_another_seed_is_another_shop(january, tmp_path):
    exports.write(tmp_path / "other", SEED + 1, date(2025, 1, 31), date(2025, 1, 1))
    ours, others = contents(january), contents(tmp_path / "other")
    sales = [name for name in ours if name.startswith("sales/")]
    assert len(sales) == 31
    assert all(ours[name] != others[name] for name in sales)


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """The same folder before and after the clock advanced, and which past files were written again."""
    folder = tmp_path_factory.mktemp("grown")
    exports.write(folder, SEED, EARLIER, OPENED)
    before = contents(folder)
    inodes = {path: path.stat().st_ino for path in (folder / "sales").iterdir()}
    exports.write(folder, SEED, LATER, OPENED)
    rewritten = [path for path, inode in inodes.items() if path.stat().st_ino != inode]
    return before, contents(folder), rewritten


def test_the_clock_adds_days_and_leaves_the_past_alone(grown, fresh):
    before, after, rewritten = grown
    past = {name: content for name, content in before.items() if name.startswith(("sales/", "returns/"))}
    assert past.items() <= after.items()
    assert rewritten == []
    assert {"sales/sales_2025-02-21.csv", f"sales/sales_{LATER}.csv"} <= after.keys() - before.keys()
    assert after == fresh


def test_reference_files_are_exported_again_only_when_they_change(grown):
    before, after, _ = grown
    # a category is renamed on 3 March; nobody joins and no shop opens between the two days
    assert before["reference/categories.csv"] != after["reference/categories.csv"]
    assert before["reference/customers.csv"] != after["reference/customers.csv"]
    assert before["reference/shops.csv"] == after["reference/shops.csv"]
    assert before["reference/salespeople.csv"] == after["reference/salespeople.csv"]


def test_a_clock_set_back_takes_the_later_days_away(january):
    exports.write(january, SEED, date(2025, 1, 12), date(2025, 1, 1))
    names = sorted(path.name for path in (january / "sales").iterdir())
    assert names[-1] == "sales_2025-01-12.csv"
    assert len(names) == 12
    exports.write(january, SEED, date(2025, 1, 31), date(2025, 1, 1))
    assert len(list((january / "sales").iterdir())) == 31


def test_a_second_call_does_nothing(january, monkeypatch):
    monkeypatch.setattr(exports, "_write_stamp", None)
    exports.write(january, SEED, date(2025, 1, 31), date(2025, 1, 1))


@pytest.mark.parametrize("killed_at", [0, 1, 9, -2, -1])
def test_a_killed_generation_is_completed(tmp_path, monkeypatch, killed_at):
    exports.write(tmp_path / "whole", SEED, date(2025, 1, 8), date(2025, 1, 1))
    whole = contents(tmp_path / "whole")
    # the stamp is written first and last
    killed_at %= len(whole) + 1
    put, count = Path.replace, 0

    def dying(self, target):
        nonlocal count
        if count == killed_at:
            raise KeyboardInterrupt
        count += 1
        return put(self, target)

    folder = tmp_path / "killed"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            exports.write(folder, SEED, date(2025, 1, 8), date(2025, 1, 1))
    assert all(whole[name] == content for name, content in contents(folder).items() if name.endswith(".csv"))
    exports.write(folder, SEED, date(2025, 1, 8), date(2025, 1, 1))
    assert contents(folder) == whole


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not a demo shop"):
        exports.write(tmp_path, SEED, date(2025, 1, 2), date(2025, 1, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_another_seed_leaves_nothing_of_the_shop_before(january):
    exports.write(january, SEED + 1, date(2025, 1, 10), date(2025, 1, 1))
    assert len(list((january / "sales").iterdir())) == 10


@pytest.mark.parametrize(("since", "until"), [("2023-10-31", "2025-01-01"), ("2025-01-02", "2025-01-01")])
def test_a_period_that_the_shop_does_not_know_is_refused(tmp_path, since, until):
    with pytest.raises(ValueError, match="is before"):
        exports.write(tmp_path, SEED, date.fromisoformat(until), date.fromisoformat(since))


def test_progress_is_told_when_it_takes_long(tmp_path, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(exports, "_PATIENCE_SECONDS", 0)
    exports.write(tmp_path, SEED, date(2025, 1, 3), date(2025, 1, 1), told.append)
    assert told[-1] == "demo shop: exports written to 2025-01-03, until 2025-01-03"
