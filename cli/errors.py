"""What a command refuses to do, as one sentence for the person who typed it."""


class CommandError(Exception):
    """The command failed; the message is the one line that goes to stderr."""
