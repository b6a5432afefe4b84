"""How the product looks and speaks: components with examples, the form renderer, maps, the gallery page.

Words of this room: a *component* is one template, one css file and one example file of the same name. A
*verdict* is a word and a shape, never a colour alone. *Unknown* is drawn (dashes, hatching), never left out
and never zero.

This room decides nothing: levels, verdicts and sentences arrive ready; it chooses lines, shapes and places.
It reads no database and no clock.
"""
