"""The package itself: what a wheel holds, and what no file may say."""

import subprocess
from pathlib import Path

from degendsl.version import __version__

ROOT = Path(__file__).parent.parent


def test_one_version_everywhere():
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_wheel_roots_are_three_unmistakable_packages():
    listed = (ROOT / "pyproject.toml").read_text()
    assert (
        'packages = ["degendsl", "runners/degendsl_runners", "reports/degendsl_reports"]' in listed
    )
    assert not (ROOT / "runners/__init__.py").exists()


def test_no_module_postpones_its_annotations():
    # It would turn Equinox's abstract fields into ordinary ones, silently.
    words = "from __future__ import " + "annotations"
    done = subprocess.run(["git", "grep", "-l", words], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""
