"""This floor is pure: foreign text goes in, safe Markup or safe text comes out."""
