"""Settings of an installation, read from `SALESLAKE_*` environment variables and `.env`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the lake and the profiles are, and what holds for every company in the lake."""

    model_config = SettingsConfigDict(env_prefix="SALESLAKE_", env_file=".env", extra="ignore")

    lake: Path = Path("lake")
    """Folder of the lake; made when it is not there."""

    sources: Path = Path("sources")
    """Folder of the source profiles, one `<name>.toml` a source."""

    reference: Path = Path("reference")
    """Folder of the reference files. Where it is not there, what it said before holds."""

    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    """Month in which the fiscal year begins; it is named after the calendar year in which it ends."""

    learn_every_hours: Annotated[int, Field(ge=0)] = 20
    """How long forecasts and other studies hold before new sales make them due again."""

    gold_snapshots_kept: Annotated[int, Field(ge=1)] = 5
    """How many published snapshots keep their files, the current one included."""
