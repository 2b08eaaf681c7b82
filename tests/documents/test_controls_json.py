import json
from dataclasses import replace
from typing import ClassVar

import pytest

from asr_templates.documents.controls_json import controls_json
from asr_templates.model import Control, ResourceId

BUCKET = ResourceId("AWS::S3::Bucket", r"^arn:aws:s3:::(.+)$", "BucketName")
ONE = Control("S3.1", "Close", BUCKET, {"TOY": "1.1"}, "Closed.")


class Toy:
    """A standard with a document per control."""

    key: ClassVar[str] = "TOY"
    version: ClassVar[str] = "1.0"
    standard: ClassVar[str] = "toy-benchmark"

    def __init__(self, *controls: Control) -> None:
        self.controls = controls

    def control_id(self, control: Control) -> str | None:
        return control.ids.get(self.key)

    def document_name(self, control: Control) -> str:
        return f"ASR-TOY_1.0_{self.control_id(control)}"


def test_a_row_has_what_the_functions_need_and_no_more() -> None:
    row = {"security_controls": ["S3.1"], "document": "ASR-TOY_1.0_1.1", "pattern": BUCKET.pattern}
    expected = {"playbooks": {"TOY": {"standard": "toy-benchmark", "version": "1.0", "controls": {"1.1": row}}}}

    assert expected == json.loads(json.dumps(controls_json([Toy(ONE)])))


def test_rows_are_in_order_whatever_the_order_of_the_catalog() -> None:
    other = replace(ONE, id="S3.2", ids={"TOY": "1.0"})

    assert json.dumps(controls_json([Toy(ONE, other)])) == json.dumps(controls_json([Toy(other, ONE)]))


def test_security_controls_behind_one_id_share_a_row() -> None:
    row = controls_json([Toy(ONE, replace(ONE, id="S3.2"))])["playbooks"]["TOY"]["controls"]["1.1"]

    assert ["S3.1", "S3.2"] == row["security_controls"]


def test_a_control_that_the_standard_lacks_is_left_out() -> None:
    assert {} == controls_json([Toy(replace(ONE, ids={}))])["playbooks"]["TOY"]["controls"]


def test_controls_behind_one_id_with_different_resources_are_refused() -> None:
    other = replace(ONE, id="S3.2", resource=replace(BUCKET, pattern=".*"))

    with pytest.raises(ValueError, match=r"TOY 1\.1 is S3\.1 as well as S3\.2"):
        controls_json([Toy(ONE, other)])
