"""The samples are what their generator and their README say."""

from __future__ import annotations

from pathlib import Path

from s2sguard.config.agreements import read_agreements
from samples.agreements import generate

SAMPLES = Path(generate.__file__).parent


def test_the_estate_of_the_appendix_is_up_to_date() -> None:
    """What is committed is what the generator writes."""
    assert generate.FILE.read_text(encoding="utf-8") == generate.text()


def test_the_mistyped_file_differs_in_one_range() -> None:
    """One digit, and nothing else: the sample shows what one slip does."""
    right, wrong = ((SAMPLES / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[1:] for name in ("partners", "mistyped"))
    differences = [(one.strip(), other.strip()) for one, other in zip(right, wrong, strict=True) if one != other]
    assert differences == [("local: [172.16.1.0/24]", "local: [172.16.11.0/24]")]
    assert len(read_agreements((str(SAMPLES),))) == 6
