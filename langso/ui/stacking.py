"""A table that becomes a list on a phone: each cell says the name of its column."""

import re

_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.S)
_ROW = re.compile(r"<tr\b.*?</tr>", re.S)
_CELL = re.compile(r"<(th|td)\b([^>]*)>")
_TAG = re.compile(r"<[^>]+>")


def labelled(content: str) -> str:
    """The thead and tbody of a table, each td with the words of its column in `data-l`; tables inside cells: none."""
    head, end, body = content.partition("</thead>")
    labels = [_TAG.sub("", heading).strip() for heading in _HEADING.findall(head)]

    def of_row(row: re.Match[str]) -> str:
        places = iter(range(len(labels)))

        def of_cell(cell: re.Match[str]) -> str:
            tag, attributes = cell.groups()
            label = labels[place] if (place := next(places, None)) is not None else ""
            if tag == "th" or not label or "data-l=" in attributes:
                return cell[0]
            return f'<td{attributes} data-l="{label}">'

        return _CELL.sub(of_cell, row[0])

    return head + end + _ROW.sub(of_row, body)
