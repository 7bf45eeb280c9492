"""What is imported when: no Prefect in the command line, no processor in what the scraper's image runs."""

import subprocess
import sys

import pytest

REFUSES = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused}:
            raise ModuleNotFoundError(f"{{name}} is not in this image", name=name)

sys.meta_path.insert(0, Refusing())
import {modules}
"""

PROCESSOR = {"saleslake_processor", "dataframely", "deltalake", "polars_hash", "duckdb"}
SCRAPER = {"saleslake_scraper", "scrapy", "twisted", "fastexcel"}


def imported(modules: str, refused: set[str]) -> None:
    """Import the modules where the refused packages are not there."""
    script = REFUSES.format(refused=refused, modules=modules)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_command_line_does_without_prefect():
    commands = ("commands", "preview", "proof", "tables", "profile_list", "restaging", "refused")
    modules = ("cli", "pipeline", "serving", "backfilling", *commands)
    imported(", ".join(f"saleslake_flows.{name}" for name in modules), {"prefect"})


def test_the_scraper_serves_without_the_processor():
    imported("saleslake_flows.cli, saleslake_flows.serving, saleslake_flows.crawl", PROCESSOR | {"prefect"})
    imported("saleslake_flows.served.serve, saleslake_flows.served.backfill", PROCESSOR)


def test_the_processor_serves_without_the_scraper():
    imported("saleslake_flows.served.serve, saleslake_flows.served.rehearsal", SCRAPER)


def test_an_error_is_told_without_what_learns():
    told = "saleslake_flows.exits.told(lock.LakeBusyError())"
    imported(f"saleslake_flows.exits, saleslake_processor.lock as lock; {told}", {"lightgbm", "scipy"})


def test_a_package_that_is_refused_is_seen():
    with pytest.raises(AssertionError, match="saleslake_processor is not in this image"):
        imported("saleslake_flows.served.microbatch", PROCESSOR)
