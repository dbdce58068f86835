"""The one exception that is written for people."""


class CarbonshedError(Exception):
    """A refusal with its reason.

    The message names the file and the label, says what was expected and what to
    do. The command line prints it and exits with 1, without a traceback.
    """
