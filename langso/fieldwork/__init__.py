"""The way between phones and the house: enrolment, receiving, the window, parcels carried by others, OpenRosa.

Each item that a device sends is answered alone, once, the same however often it is sent. What cannot be taken yet is
held, what nobody may take is refused in words; nothing that got a receipt is lost, and nothing is written twice. The
contract is docs/teams-and-field.md.
"""
