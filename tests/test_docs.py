"""The pages that are written from the code agree with it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_reference_pages_are_up_to_date() -> None:
    script = ROOT / "tools" / "reference.py"
    found = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert found.returncode == 0, f"{found.stdout}; run: .venv/bin/python tools/reference.py"


def test_every_page_that_another_one_points_to_exists() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for link in page.read_text().split("](")[1:]:
            target = link.partition(")")[0].partition("#")[0]
            if target and "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"
