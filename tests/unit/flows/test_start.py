"""The command starts at once: what is heavy is imported by what uses it."""

import subprocess
import sys

HEAVY = ("polars", "deltalake", "dataframely", "pyarrow", "saleslake_processor")


def test_help_imports_nothing_that_is_heavy():
    script = f"""
import sys
from typer.testing import CliRunner
from saleslake_flows import cli
done = CliRunner().invoke(cli.app, ["run", "--help"])
assert done.exit_code == 0, done.output
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
