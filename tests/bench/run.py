"""One year of the demo shop: our way from raw to gold beside one DuckDB query over the same files.

    python tests/bench/run.py [--days 365] [--repeat 3]
    python tests/bench/run.py SUITE [OPTION]...     another suite by name, each a module beside this one

The peer does less: it keeps no log, judges no version but the last, and gives one figure a month. The
ratio says what the rest costs. CPU seconds of whole processes, median; wall time is not looked at.
"""

import argparse
import resource
import runpy
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

SUITES = ("forecast", "customers")
"""Modules beside this one, each with options of its own."""

SINCE = date(2025, 1, 1)
ROOT = Path(__file__).resolve().parents[2]

PEER = """
import sys, duckdb
query = '''
    with read as (
        select *, try_cast(quantity as int) q, try_cast(replace(unit_price, ',', '.') as decimal(18, 4)) p,
            try_cast(replace(discount_rate, ',', '.') as decimal(18, 4)) d
        from read_csv($files, delim=';', all_varchar=true, header=true, filename=true)
    ), seen as (
        select *, row_number() over (partition by order_id, line order by updated_at desc, filename desc) nth
        from read where q > 0 and p is not null and product_id is not null
            and try_strptime(order_date, '%d/%m/%Y') is not null
    )
    select sum(round(q * p / 1.2, 2) - round(q * p * d / 1.2, 2)) from seen
    where nth = 1 and status <> 'cancelled'
'''
print(duckdb.execute(query, {'files': sys.argv[1] + '/sales/*.csv'}).fetchone()[0])
"""


def cpu(*command: str) -> tuple[float, str]:
    """CPU seconds of a process and its children, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main() -> None:
    if sys.argv[1:] and sys.argv[1] in SUITES:
        runpy.run_path(str(Path(__file__).with_name(f"{sys.argv.pop(1)}.py")), run_name="__main__")
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--days", type=int, default=365, help="length of the history (%(default)s)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (%(default)s)")
    options = parser.parse_args()
    ours: list[float] = []
    peers: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        exports = Path(folder) / "exports"
        until = SINCE + timedelta(days=options.days - 1)
        make = "from demo_shop.exports import write; from datetime import date; from pathlib import Path; "
        make += f"write(Path({str(exports)!r}), 20, date({until:%Y, %-m, %-d}), since=date(2025, 1, 1))"
        cpu(sys.executable, "-c", make)
        for turn in range(options.repeat):
            lake = Path(folder) / f"lake{turn}"
            shop = f"import os; os.environ['SALESLAKE_DEMO_SHOP'] = {str(exports)!r}; "
            command = "from saleslake_flows.cli import main; import sys; "
            command += f"sys.argv = ['saleslake', '--quiet', '{{}}', 'demo', '--lake', {str(lake)!r}]; main()"
            cpu(sys.executable, "-c", shop + command.format("scrape"))
            ours.append(cpu(sys.executable, "-c", shop + command.format("process"))[0])
            peers.append(cpu(sys.executable, "-c", PEER, str(exports))[0])
    mine, theirs = statistics.median(ours), statistics.median(peers)
    print(f"{options.days} days of the demo shop, median of {options.repeat}, CPU seconds")
    print(f"  raw to gold, all tables   {mine:6.2f}")
    print(f"  DuckDB, one sum           {theirs:6.2f}")
    print(f"  ratio                     {mine / theirs:6.1f}")


if __name__ == "__main__":
    main()
