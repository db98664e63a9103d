"""The people who do the work, and what they are owed: equipment, insurances, training, commendation (Arts. 5, 18–22)."""
