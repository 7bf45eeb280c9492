"""Twenty thousand series at once: in a process of their own, whose memory is looked at."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

MOST_MB = 1_000
"""It took 612 when this was written."""

MANY = """
import re
from datetime import date
from pathlib import Path
import numpy as np, polars as pl
from saleslake_processor.forecast import Forecaster
count, days = 20_000, 60
chance = np.random.default_rng(0)
values = chance.poisson(chance.lognormal(0, 1, (count, 1)), (count, days)).astype(float)
periods = pl.date_range(date(2024, 1, 1), date(2024, 2, 29), eager=True)
history = pl.DataFrame({
    "series_key": pl.Series([f"s{at:05}" for at in range(count)]).gather(np.repeat(np.arange(count), days)),
    "period": periods.gather(np.tile(np.arange(days), count)),
    "value": values.ravel(),
})
found = Forecaster("1d", 14).fit(history, groups={"total": []}).predict()
assert found.height == count * 14, found.height
assert found.select(pl.col(pl.Float64).is_finite().all()).row(0) == (True,) * 5
off = found["forecast"].sum() / 14 / (values.sum() / days)
# Not `ru_maxrss`, in which the memory of the process that started this one counts.
print(off, int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
"""


@pytest.mark.slow  # a process of its own, half a minute
def test_twenty_thousand_series_are_forecast_in_bounded_memory():
    done = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    off, peak = (float(word) for word in done.stdout.split())
    assert 0.9 < off < 1.1
    assert peak < MOST_MB, f"{peak:,.0f} MB"
