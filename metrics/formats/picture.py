"""SVG of ours as PNG."""

import typst

_PAGE = """#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


def png(svg: str, *, width: int, height: int) -> bytes:
    """The picture, twice as fine as it is wide. What the SVG links to is not loaded."""
    page = _PAGE.format(width=width, height=height).encode()
    made = typst.compile(page, format="png", ppi=144, sys_inputs={"svg": svg})
    if isinstance(made, list):
        made = made[0]
    if not isinstance(made, bytes):
        raise TypeError("typst gave no picture.")
    return made
