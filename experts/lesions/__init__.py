"""Microaneurysms, haemorrhages, hard and soft exudates."""
