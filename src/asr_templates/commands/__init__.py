"""The verbs of `asr`, a module each, with `main(argv) -> exit code`.

Exit codes: 0 done, 1 problems in the input (each printed), 2 wrong usage (argparse), 3 our own bug (with a traceback).
"""
