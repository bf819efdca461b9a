"""This room is the rooms of the network (XEP-0045): one file for each thing that one does with them."""
