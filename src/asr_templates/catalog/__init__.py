"""Stage 1, data: every control, declared once."""

from asr_templates.catalog import ec2, iam, rds, s3
from asr_templates.model import Control

CONTROLS: tuple[Control, ...] = (*ec2.CONTROLS, *iam.CONTROLS, *rds.CONTROLS, *s3.CONTROLS)
