"""Stage 3, pure: documents -> CloudFormation templates. One module per stack, each returns its Template."""
