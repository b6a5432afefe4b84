"""Nouns that every room uses and that know nothing of Django: days, numbers, refusals, Vietnamese writing."""
