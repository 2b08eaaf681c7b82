"""An embedded AWS: moto's state and APIs, with the behaviour that moto lacks, in one process and in virtual time.

It knows nothing of the solution that runs on it. `environment.Environment` starts everything.
"""
