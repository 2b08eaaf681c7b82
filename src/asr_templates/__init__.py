"""Generates the CloudFormation stacks that remediate AWS Security Hub findings, and proves them offline."""
