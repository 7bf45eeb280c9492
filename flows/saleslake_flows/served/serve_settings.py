"""Settings of what Prefect serves, read from `SALESLAKE_*` environment variables and `.env`."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServeSettings(BaseSettings):
    """What holds for the flows beside what holds for the lake."""

    model_config = SettingsConfigDict(env_prefix="SALESLAKE_", env_file=".env", extra="ignore")

    microbatch_seconds: Annotated[int, Field(ge=5)] = 300
    """Seconds between two scheduled microbatches; what was fetched asks for one by itself."""

    free_megabytes: Annotated[int, Field(ge=0)] = 500
    """Megabytes (10^6 bytes) that must be free on the lake's disk before a flow begins."""
