"""This floor is one signed-in account in this process: its stream, its inbox and outbox, what changed."""
