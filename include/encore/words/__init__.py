"""Every sentence that a person may read, in each language, and how it is said: times, numbers, names."""

ENGLISH, CHINESE = "en", "zh"
