"""The package itself: what a wheel holds, and what no file may say."""

import subprocess
import sys
import zipfile
from pathlib import Path

from degendsl.version import __version__

ROOT = Path(__file__).parent.parent


def test_one_version_everywhere():
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_the_wheel_holds_three_unmistakable_packages(tmp_path: Path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    info = f"degendsl-{__version__}.dist-info"
    assert tops == {"degendsl", "degendsl_runners", "degendsl_reports", info}
    # What the page is made of is no Python, so a wheel could lack it unnoticed.
    assert any(name.endswith("page.html.jinja") for name in names)
    assert not (ROOT / "runners/__init__.py").exists()


def test_no_module_postpones_its_annotations():
    # It would turn Equinox's abstract fields into ordinary ones, silently.
    words = "from __future__ import " + "annotations"
    done = subprocess.run(["git", "grep", "-l", words], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == ""
