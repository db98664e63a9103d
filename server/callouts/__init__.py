"""应急模式: a named authority calls everybody of an area; who is safe, who needs help, who has not answered. Ends by itself."""
