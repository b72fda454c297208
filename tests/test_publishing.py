"""What a publisher and the tools of a code host read: workflows, the version, the account, the licences."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.notebooks import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OWNER, NAME = re.fullmatch(r"https://github\.com/([\w-]+)/([\w-]+)", PROJECT["urls"]["Source"]).groups()
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps(path):
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_makes_what_the_makefile_has_with_the_learners_python(path):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    made = [words for step in steps(path) for words in re.findall(r"^make (.+)$", step.get("run", ""), re.MULTILINE)]
    assert made
    assert set(" ".join(made).split()) <= set(targets)
    python = [step["with"] for step in steps(path) if "setup-python" in step.get("uses", "")]
    assert [f"python={one['python-version']}" for one in python] == [environment[0]]
    for pattern in python[0]["cache-dependency-path"].split():
        assert list(ROOT.glob(pattern))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_uses_fixed_actions_of_github_itself(path):
    """A tag can be moved to other code, a commit cannot."""
    used = [line.strip(" -") for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_the_pages_that_are_made_are_those_that_are_published():
    uploads = [step["with"]["path"] for path in WORKFLOWS for step in steps(path) if "upload" in step.get("uses", "")]
    assert uploads == ["build/pages"]


def accounts(path):
    """Return the accounts that a file's addresses of this project have."""
    address = rf"(?:github\.com/|/gh/)([\w-]+)/{NAME}\b|\b([\w-]+)\.github\.io/{NAME}\b"
    return {"".join(found) for found in re.findall(address, path.read_text(encoding="utf-8", errors="ignore"))}


def test_each_address_has_the_account_of_the_project():
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True).splitlines()
    texts = [ROOT / name for name in listed if not name.endswith((".png", ".webp", ".json"))]
    assert {name for path in texts if path.is_file() for name in accounts(path)} == {OWNER}


def test_one_command_puts_another_account_into_all_addresses(tmp_path):
    files = [shutil.copy(ROOT / name, tmp_path) for name in ("README.md", "pyproject.toml", "Makefile")]
    assert subprocess.run(["make", "--silent", "owner", "OWNER="], cwd=tmp_path, capture_output=True).returncode
    for account in ("a-school", "OWNER"):
        subprocess.run(["make", "--silent", "owner", f"OWNER={account}"], cwd=tmp_path, check=True, capture_output=True)
        assert [accounts(Path(file)) for file in files] == [{account}, {account}, set()]
        assert len(list(tmp_path.iterdir())) == 3


def test_the_version_and_its_day_are_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    newest = re.search(r"^## \[(.+)\] - (.+)$", (ROOT / "docs" / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest.groups() == (citation["version"], str(citation["date-released"]))
    assert PROJECT["version"] == citation["version"]


def test_code_and_prose_have_the_licences_that_are_cited():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["license"] == [PROJECT["license"], "CC-BY-4.0"] == ["MIT", "CC-BY-4.0"]
    (holder,) = (author["name"] for author in citation["authors"])
    for name, title in {
        "LICENSE": "MIT License",
        "docs/LICENSE": "Attribution 4.0 International Public License",
    }.items():
        text = (ROOT / name).read_text()
        assert f"Copyright (c) 2026 {holder}" in text
        assert title in text
