"""Facts about AWS: IAM actions and their resources, API operations and their parameters.

The facts come from botocore's service models and from the list of IAM actions that cfn-lint ships; nothing here knows
what this project deploys, and nothing needs a network. Every table is loaded on first use.

`iam` answers questions about IAM actions, `operations` about API operations (and which actions they need),
`arns` about Amazon resource names and patterns of them.
"""
