"""What the bot says: results of the database in, words out. Nothing is decided here."""
