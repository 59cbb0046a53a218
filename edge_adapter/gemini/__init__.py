"""A model that fills the form of `interpretation.py` where the grammar could not, and no more.

It sees one message and the date: no catalogue, no history, no company. It has no tools. What it
answers is validated here, guarded elsewhere, and never shown to a person.
"""
