"""docs/ci: the workflows are what GitHub and GitLab accept, and the scripts do what they say."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from schemas import validate

from conformance.libcs.select import select
from conformance.paths import REFERENCE

ROOT = Path(__file__).parent.parent
CI = ROOT / "docs" / "ci"
TOPIC = "cases/time/strptime.yaml"


def parsed(name: str) -> Any:
    """A workflow as its reader has it: `on` is a word, not a truth value."""
    loader = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.items()
    loader.yaml_implicit_resolvers = {
        first: [each for each in found if each[0] != "tag:yaml.org,2002:bool" or first not in "oOyYnN"]
        for first, found in resolvers
    }
    return yaml.load((CI / name).read_text(), loader)


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("github-actions.yml", "github-workflows.json"),
        ("github-apko-image.yml", "github-workflows.json"),
        ("gitlab-ci.yml", "gitlab-ci.json"),
    ],
)
def test_workflows_are_valid(name: str, schema: str) -> None:
    vendored = files("check_jsonschema") / "builtin_schemas" / "vendor" / schema
    Draft7Validator(json.loads(vendored.read_text())).validate(parsed(name))


def test_workflows_call_scripts_that_exist() -> None:
    for name in ("github-actions.yml", "github-apko-image.yml", "gitlab-ci.yml"):
        text = (CI / name).read_text()
        called = {word for word in text.split() if word.startswith("libc-conformance/docs/ci/")}
        assert called
        for script in called:
            assert os.access(ROOT / script.removeprefix("libc-conformance/"), os.X_OK)


def run(script: str, *arguments: str | Path, path: str = "", **environment: str) -> int:
    """The exit code of a script, called from the checkout."""
    programs = f"{path}{Path(sys.executable).parent}:{os.environ['PATH']}"
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    surroundings |= {"PATH": programs, "CASES": TOPIC, "REPEAT": "1", **environment}
    command = [CI / script, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    return done.returncode


def test_gate_script(tmp_path: Path) -> None:
    assert run("gate.sh", "musl", "musl", tmp_path) == 0
    assert (tmp_path / "gate.md").read_text().startswith("## libc conformance: the gate is open")
    validate(json.loads((tmp_path / "gate.sarif").read_text()), "sarif-2.1.0-used.json")
    assert 'name="requirement"' in (tmp_path / "junit.xml").read_text()
    assert run("gate.sh", "musl-1.2.6", "musl-1.2.5", tmp_path) == 1
    assert json.loads((tmp_path / "gate.json").read_text())["counts"]["fails"]["changed"] > 1


def test_gate_script_without_a_run(tmp_path: Path) -> None:
    assert run("gate.sh", "nothing", "musl", tmp_path) == pytest.ExitCode.USAGE_ERROR
    assert not (tmp_path / "gate.json").exists()


def test_apko_image(tmp_path: Path) -> None:
    """apko itself is not here: what it would write is made of a real root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    image = tmp_path / "made"
    index = write_image(image, select("musl")[0].root)
    apko = programs / "apko"
    called = f"build --arch=x86_64 --sbom=false image.yaml app:1 {tmp_path}/out/image"
    apko.write_text(f'#!/bin/sh\n[ "$*" = "{called}" ] || exit 9\ncp -r {image}/. "$6"\n')
    apko.chmod(0o755)
    code = run("gate-apko-image.sh", "image.yaml", "app:1", "musl", tmp_path / "out", path=f"{programs}:")
    assert code == 0
    statement = json.loads((tmp_path / "out" / "gate.intoto.jsonl").read_text())
    validate(statement, "test-result-v0.1.json")
    assert statement["predicate"]["result"] == "PASSED"
    names = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    assert names["app:1"] == index
    assert set(names) == {"musl-1.2.6", "app:1", "app:1-x86_64"}


def write_image(folder: Path, root: Path) -> str:
    """An OCI layout as apko writes it, with one layer; gives the index's digest."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    with tarfile.open(folder / "layer", "w:gz") as layer:
        layer.add(root, ".")
    manifest = json.dumps({"layers": [{"digest": f"sha256:{keep(folder / 'layer', blobs)}"}]})
    (folder / "manifest").write_text(manifest)
    entry = {
        "digest": f"sha256:{keep(folder / 'manifest', blobs)}",
        "platform": {"architecture": "amd64", "os": "linux"},
    }
    index = json.dumps({"manifests": [entry]})
    (folder / "index.json").write_text(index)
    return sha256(index.encode()).hexdigest()


def keep(file: Path, blobs: Path) -> str:
    digest = sha256(file.read_bytes()).hexdigest()
    shutil.move(file, blobs / digest)
    return digest


def test_references_that_the_workflows_name_exist() -> None:
    assert (REFERENCE / "glibc-2.43.jsonl").exists()
