"""Which profiles a command works with: the named ones or all, and the faults of all of them at once."""

import pytest

from saleslake.profiles import ProfileError
from saleslake_flows.choose import required

LEAST = """
company = "acme"
address = "exports"
currency = "EUR"
[tables.sales]
files = "*.csv"
"""


def test_all_of_the_folder_are_meant_or_the_named_ones_once(tmp_path):
    for name in ("beta", "alpha"):
        (tmp_path / f"{name}.toml").write_text(LEAST)
    assert [source.name for source in required(tmp_path, [])] == ["alpha", "beta"]
    assert [source.name for source in required(tmp_path, ["beta", "beta"])] == ["beta"]


def test_the_faults_of_all_profiles_are_told_at_once(tmp_path):
    for name, text in {"alpha": "company =", "beta": LEAST, "gamma": LEAST.replace("EUR", "euro")}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(ProfileError) as error:
        required(tmp_path, [])
    assert [fault.file.stem for fault in error.value.faults] == ["alpha", "gamma"]


def test_a_folder_without_profiles_is_a_fault(tmp_path):
    with pytest.raises(ProfileError, match="no source profile"):
        required(tmp_path, [])


def test_sources_of_one_company_report_in_one_currency(tmp_path):
    swiss = LEAST.replace("EUR", "CHF")
    for name, text in {"beta": LEAST, "gamma": swiss, "delta": LEAST.replace("acme", "other")}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    for asked in ([], ["gamma"]):
        with pytest.raises(ProfileError) as error:
            required(tmp_path, asked)
        [fault] = error.value.faults
        assert str(fault) == (
            f"{tmp_path}/gamma.toml: currency = 'CHF': expected 'EUR' as reporting currency, "
            f"as in {tmp_path}/beta.toml: both are of the company 'acme'"
        )
    assert [source.name for source in required(tmp_path, ["beta"])] == ["beta"]
    (tmp_path / "gamma.toml").write_text(f'reporting_currency = "EUR"{swiss}')
    assert len(required(tmp_path, [])) == 3


def test_a_broken_profile_decides_nothing_for_its_company(tmp_path):
    (tmp_path / "alpha.toml").write_text(f"{LEAST}\nunknown = 1")
    (tmp_path / "beta.toml").write_text(LEAST.replace("EUR", "CHF"))
    assert [source.name for source in required(tmp_path, ["beta"])] == ["beta"]
