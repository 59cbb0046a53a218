"""What an operator types: the `backroom` program."""
