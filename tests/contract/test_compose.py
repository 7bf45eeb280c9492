"""docker-compose.yml: each service is confined, watched, and open to other machines by a setting only."""

import importlib.resources
import ipaddress
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from saleslake.settings import Settings
from tests.conftest import ROOT

BASE = "python:3.12-slim"

ONCE = {"folders"}
"""Ends before the others start: it has to be root, and nothing of it is left to be watched."""

VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
# Without a value there is none; that is handed on as it is.
PASSWORDS = {"PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"}


def parsed(name: str) -> Any:
    ruamel = pytest.importorskip(
        "ruamel.yaml", reason="ruamel.yaml comes with Prefect, which is not installed"
    )
    return ruamel.YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = parsed("docker-compose.yml")
    return found


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def without_settings(text: str) -> str:
    """What Compose makes of it where nothing is set."""
    return VARIABLE.sub(lambda match: match[2] or "", text)


def test_both_composes_read_the_file(compose: dict[str, Any]):
    """1.29 knows no `name`; with `version` it reads an older format, and 2 and later warn."""
    assert {key for key in compose if not key.startswith("x-")} == {"services", "networks", "volumes"}


def test_every_service_is_confined(services: dict[str, Any]):
    for name, service in services.items():
        assert service["init"] is True, name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["stop_grace_period"], name
        assert "privileged" not in service, name
        assert {option for mount in service["tmpfs"] for option in mount.split(":")[:1]} == {"/tmp"}, name


def test_no_service_runs_as_root_or_as_it_likes(services: dict[str, Any]):
    for name, service in services.items():
        user = without_settings(service["user"])
        assert user == ("0:0" if name in ONCE else "1000:1000"), name
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name


def test_the_one_that_is_root_can_only_hand_folders_over(services: dict[str, Any]):
    [once] = [services[name] for name in ONCE]
    assert once["cap_add"] == ["CHOWN", "DAC_OVERRIDE"]
    assert once["network_mode"] == "none"
    assert [name for name, service in services.items() if "cap_add" in service] == sorted(ONCE)


def test_every_service_is_watched_and_waits_for_what_it_needs(services: dict[str, Any]):
    for name, service in services.items():
        if name in ONCE:
            continue
        assert service["healthcheck"]["test"][:2] == ["CMD", "answers"], name
        assert service["healthcheck"]["start_period"], name
        awaited = {other: how["condition"] for other, how in service["depends_on"].items()}
        assert awaited.pop("folders") == "service_completed_successfully", name
        assert set(awaited.values()) <= {"service_healthy"}, name


def test_every_port_is_closed_to_other_machines(services: dict[str, Any]):
    opened = 0
    for name, service in services.items():
        assert "network_mode" not in service or name in ONCE
        for port in service.get("ports", []):
            address, _, _ = without_settings(port).rsplit(":", 2)
            assert ipaddress.ip_address(address).is_loopback, f"{name}: {port}"
            opened += 1
    assert opened == 3


def test_the_web_server_of_gold_reaches_nothing_else(services: dict[str, Any]):
    gold = services["gold"]
    assert gold["volumes"] == ["./lake/gold:/lake/gold:ro"]
    assert not {"env_file", "environment"} & gold.keys()
    others = {
        name: service.get("networks", ["default"]) for name, service in services.items() if name != "gold"
    }
    assert not any(set(gold["networks"]) & set(networks) for networks in others.values())


def test_every_image_is_made_here_of_one_base(services: dict[str, Any]):
    made = {
        service["image"]: service["build"]["dockerfile"]
        for service in services.values()
        if "build" in service
    }
    assert {service["image"] for service in services.values()} == set(made)
    for image, dockerfile in made.items():
        assert not without_settings(image).endswith(":latest")
        lines = re.findall(
            r"^FROM (\S+)(?: AS (\w+))?", (ROOT / dockerfile).read_text(encoding="utf-8"), re.MULTILINE
        )
        stages = {stage for _, stage in lines if stage}
        assert {base for base, _ in lines} - stages == {BASE}, dockerfile
        assert lines[-1][0] == BASE, dockerfile


def test_an_image_is_made_before_it_is_used_again(services: dict[str, Any]):
    """1.29 takes services in the order of their dependencies, and pulls an image that is not there yet."""
    makers = {service["image"]: name for name, service in services.items() if "build" in service}
    for name, service in services.items():
        maker = makers[service["image"]]
        assert maker == name or maker in service["depends_on"], name


def test_a_dockerfile_installs_what_is_locked_and_no_compiler():
    for image in ("scraper", "processor"):
        text = (ROOT / "services" / image / "Dockerfile").read_text(encoding="utf-8")
        installs = re.findall(
            r"pip (?:--python \S+ )?install(.*?)(?=\nRUN|\nCOPY|\nFROM|\nWORKDIR|\n&&|\Z)", text, re.S
        )
        assert installs
        for options in installs:
            locked = (
                "--require-hashes" in options and "--only-binary :all:" in options and "--no-deps" in options
            )
            assert locked or "--no-index" in options, options
        assert "apt" not in re.findall(r"\w+", text)
        assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, re.MULTILINE)


def test_the_two_dockerfiles_differ_in_their_names_only():
    scraper, processor = (
        (ROOT / "services" / image / "Dockerfile").read_text(encoding="utf-8")
        for image in ("scraper", "processor")
    )
    # But for what the processor's LightGBM is linked to.
    own = re.sub(r"# LightGBM .*?(?=^COPY services/answers)", "", processor, flags=re.DOTALL | re.MULTILINE)
    assert own != processor
    assert scraper.replace("scraper", "processor") == own


def test_every_setting_is_handed_on(services: dict[str, Any]):
    fields = dict(Settings.model_fields)
    serve = pytest.importorskip("saleslake_flows.served.serve_settings", reason="nothing is served yet")
    fields.update(serve.ServeSettings.model_fields)
    for name in ("scraper", "processor"):
        environment = services[name]["environment"]
        given = {key: without_settings(str(environment[f"SALESLAKE_{key.upper()}"])) for key in fields}
        assert given.pop("lake") == "/lake"
        assert given.pop("sources") == "/sources"
        assert given.pop("reference") == "/reference"
        assert given == {key: str(fields[key].default) for key in given}, name


def test_prefect_knows_every_setting_that_it_is_given(services: dict[str, Any]):
    prefect = pytest.importorskip("prefect.settings", reason="Prefect is not installed")
    given = {
        key for service in services.values() for key in service.get("environment", {}) if "PREFECT" in key
    }
    files = {service["env_file"] for service in services.values() if "env_file" in service}
    for file in files:
        given |= set(re.findall(r"^(PREFECT_\w+)=", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))
    assert len(given) > 15
    assert sorted(name for name in given if not hasattr(prefect, name)) == []
    assert not hasattr(prefect, "PREFECT_NO_SUCH_SETTING")


def test_the_example_names_every_setting_with_what_holds_without_it():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used: dict[str, str] = {}
    for name, default in VARIABLE.findall(text):
        assert used.setdefault(name, default) == default, name
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    told = dict(re.findall(r"^#([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert {name: value for name, value in told.items() if name not in PASSWORDS} == used
    assert set(told) >= PASSWORDS
    # It is copied as it is, and then sets nothing.
    assert [line for line in example.splitlines() if line and not line.startswith("#")] == []


def test_images_are_built_without_data_and_secrets():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert taken <= {"LICENSE", "pyproject.toml", "requirements", "shared", "services", "flows", "examples"}


def test_the_file_is_what_the_specification_says(compose: dict[str, Any]):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    pytest.importorskip("check_jsonschema", reason="check-jsonschema, which has the schema, is not installed")
    folder = importlib.resources.files("check_jsonschema.builtin_schemas.vendor")
    schema = json.loads((folder / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.validate(compose, schema)


def test_the_compose_that_is_installed_reads_it(tmp_path: Path):
    commands = [("docker", "compose"), ("docker-compose",)]
    there = [command for command in commands if shutil.which(command[0]) and _answers(*command)]
    if not there:
        pytest.skip("neither docker compose nor docker-compose is installed")
    for command in there:
        done = subprocess.run(
            [*command, "--file", ROOT / "docker-compose.yml", "config", "--quiet"],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, ""), command


def _answers(*command: str) -> bool:
    return subprocess.run([*command, "version"], capture_output=True).returncode == 0
