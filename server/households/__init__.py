"""Households and places (shops, sites, facilities, check points): the least that a listed matter needs (Art. 13)."""
