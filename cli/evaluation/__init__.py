"""How well the whole reads and books: a corpus run through a shop of its own."""
