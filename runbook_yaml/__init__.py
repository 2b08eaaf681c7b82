"""One remediation is a pair of files: X.yaml (permissions, then the SSM document) and X.py (its plan)."""
