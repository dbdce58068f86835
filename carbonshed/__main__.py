"""The program ``carbonshed``, also ``python -m carbonshed``."""

import sys

_INTERRUPTED = 130  # the exit code of a shell for a program that Ctrl-C ended


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback, also at once.

    Its modules take most of a second to import, in which it may come, too.
    """
    try:
        from carbonshed.cli import app

        app()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
