"""What can go wrong on this machine, as one sentence for the person who typed the command."""


class StackError(Exception):
    """The stack cannot do what was asked; the message is a sentence that also names the way out."""
