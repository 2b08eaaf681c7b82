"""Code that runs in AWS Lambda: the standard library and boto3 on Python 3.13, nothing of the generator.

The folder is zipped as the package `lambdas`, with a generated controls.json in it. One module is one function, and
`handler(event, context)` its edge: there clients are made and settings read, everything behind it takes them as
arguments. The functions, in the order in which a finding meets them:

    ingest          an event of Security Hub -> one execution of the state machine per finding
    prepare         decides, touching nothing, whether and where a remediation is to run
    schedule        gives the run one of its target's slots and starts the control runbook
    follow          sees the control runbook end and tells the execution
    record          history, notification, note: the end of every execution
    undo            asked by a person: starts an execution that reverts an earlier one
    custom_actions  custom resource of the admin stack: the entries of Security Hub's menu

What they share: runtime (settings, clients, log), batches, finding, controls, outcomes, configuration, accounts,
slots, dispatch, automations, history, notes, execution.
"""
