"""Information collection 信息收集: what a household or a business tells, in the few fields that its matter needs."""
