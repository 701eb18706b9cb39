"""The one exception that means: tell the user, without a traceback."""


class UserError(Exception):
    """Something the user can put right: a wrong name, a faulty topic, a missing tool.

    The message says what failed, with which file, line or value, and what to do next.
    The command line prints it and exits with 2; pytest raises it as a usage error.
    """
