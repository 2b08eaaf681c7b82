"""Stage 2, pure: rows and runbooks -> SSM and Step Functions documents (plain dicts)."""
