"""This room is what operators run beside the site: doctor, backup, restore, admin."""
