"""Visiting and service 走访服务: at the door, by phone, in the street or the office; any time of day counts."""
