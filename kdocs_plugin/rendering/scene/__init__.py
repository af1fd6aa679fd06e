"""What a run made, as a picture: an SVG with a text that says the same.

    layout   where everything stands
    drawing  boxes and lines as a template has them, names cut to fit, the text beside it

In: the scene of a record. Out: one figure. Its colours are the style sheet's, by class: it
follows the page's colour scheme, and no rule against inline styles forbids it.
"""

from kdocs_plugin.rendering.scene.drawing import figure

__all__ = ["figure"]
