"""This slice is whom to tell: which message is worth a notice, in which words, and who was told of what."""

from webchat.slice import Slice

slice = Slice(name="notifications")
