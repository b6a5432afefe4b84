"""The field app: its own tests in node, its types, and how heavy it is."""
