"""What people may ask about what is kept of them (个人信息保护法 Arts. 45–46): so far the correction request (更正申请)."""
