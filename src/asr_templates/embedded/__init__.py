"""Sources that are rendered into SSM documents: standard library and boto3 of a year ago, nothing else.

They are executed without a module of their own, so no dataclasses and no `from __future__`; what Systems Manager would
take for a variable (two opening braces) must not occur in them. Docstrings, comments and annotations are not rendered.
"""
