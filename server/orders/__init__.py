"""清单外的事 (Art. 12): what somebody was told to do past this system. Only the competent department hears of it."""
