"""What a terminal shows of the bytes that were written to it, as lines of text.

Enough of ECMA-48 for shells with line editing, for `watch` and the like: the cursor moves,
lines are written over and erased, a screen is cleared. Nothing scrolls away: the lines are
all that was ever shown, up to a bound. A line that only the terminal's width has broken is
one line again in the text.
"""

from __future__ import annotations

import codecs
import unicodedata

from kdocs_plugin.late import late

# Printable runs; CSI and OSC sequences; other escapes; single controls.
TOKEN = late(
    r"(?P<text>[^\x00-\x1f\x7f\x80-\x9f]+)"
    r"|\x1b\[(?P<csi>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b(?P<escape>[ -/]*[0-Z\\^-~])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
)
UNFINISHED = late(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]{0,4096}\x1b?|[ -/]*)?\Z")
MOST_LINES = 12_000  # that are kept; what is too much goes from the middle
HEAD = MOST_LINES // 2
TAB = 8


class Terminal:
    """A screen of `columns` and `rows`, and all that has gone over its upper edge."""

    def __init__(self, columns: int = 80, rows: int = 40) -> None:
        self.columns, self.rows = columns, rows
        self.cut = False  # whether lines have been dropped
        self._lines: list[list[str]] = [[]]
        self._joined: list[bool] = [False]  # this line goes on in the next one
        self._dropped = 0
        self._row = self._column = 0  # the row counts from the first line that is kept
        self._top = 0  # where the screen's first row is
        self._cleared = False  # whether something has been drawn on a screen of its own
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""  # the beginning of an escape sequence
        self._saved = (0, 0)

    # --- What is to be seen ---

    @property
    def line(self) -> int:
        """The number of the cursor's line, counted from the very first."""
        return self._row + (self._dropped if self._row >= HEAD else 0)

    @property
    def last_line(self) -> str:
        """The cursor's line, with what the width has broken off before it."""
        first = self._row
        while first > 0 and self._joined[first - 1]:
            first -= 1
        return self._text(first, self._row + 1)

    def text(self, first: int = 0, stop: int | None = None) -> str:
        """Lines `first` up to `stop`, without spaces at their ends and blank ones below."""
        start = self._index(first)
        end = len(self._lines) if stop is None else self._index(stop)
        return self._text(start, end).rstrip("\n")

    def _index(self, line: int) -> int:
        return line if line < HEAD else max(HEAD, line - self._dropped)

    def _text(self, start: int, end: int) -> str:
        parts = []
        for number in range(start, min(end, len(self._lines))):
            line = "".join(self._lines[number])
            joined = self._joined[number] and number + 1 < end
            parts.append(line if joined else line.rstrip() + "\n")
        return "".join(parts).removesuffix("\n")

    # --- What is written ---

    def feed(self, data: bytes) -> None:
        """More of what was written."""
        text, self._rest = self._rest + self._decode(data), ""
        if match := UNFINISHED.search(text):
            text, self._rest = text[: match.start()], match[0]
        for match in TOKEN.finditer(text):
            if (said := match["text"]) is not None:
                self._print(said)
            elif (control := match["control"]) is not None:
                self._control(control)
            elif (final := match["final"]) is not None:
                self._sequence(match["csi"], final)
            elif match["escape"] in ("7", "8"):
                self._save(match["escape"] == "7")

    def _print(self, text: str) -> None:
        if not text.isascii():
            for character in text:
                self._put(character, width(character))
            return
        while text:
            if self._column >= self.columns:
                self._wrap()
            piece, text = (text[: self.columns - self._column],
                           text[self.columns - self._column :])  # fmt: skip
            line = self._pad()
            line[self._column : self._column + len(piece)] = piece
            self._column += len(piece)

    def _put(self, character: str, wide: int) -> None:
        line = self._pad()
        if wide == 0:
            if self._column > 0:
                line[self._column - 1] += character
            return
        if self._column + wide > self.columns:
            self._wrap()
            line = self._pad()
        line[self._column : self._column + wide] = [character, ""][:wide]
        self._column += wide

    def _pad(self) -> list[str]:
        line = self._lines[self._row]
        if len(line) < self._column:
            line += " " * (self._column - len(line))
        return line

    def _wrap(self) -> None:
        self._joined[self._row] = True
        self._down()
        self._column = 0

    def _down(self) -> None:
        self._to_row(self._row + 1)

    def _to_row(self, row: int) -> None:
        while len(self._lines) <= row:
            self._lines.append([])
            self._joined.append(False)
        self._row = row
        if len(self._lines) > MOST_LINES:
            gone = len(self._lines) - MOST_LINES + MOST_LINES // 8
            gone = min(gone, max(0, self._row - HEAD))
            del self._lines[HEAD : HEAD + gone], self._joined[HEAD : HEAD + gone]
            self._dropped += gone
            self._row -= gone
            self._top = max(0, self._top - gone)
            self.cut = True

    def _control(self, control: str) -> None:
        if control == "\n" or control in "\x0b\x0c":
            self._joined[self._row] = False
            self._down()
        elif control == "\r":
            self._column = 0
        elif control == "\b":
            self._column = max(0, min(self._column, self.columns) - 1)
        elif control == "\t":
            self._column = min(self.columns - 1, (self._column // TAB + 1) * TAB)

    def _save(self, save: bool) -> None:
        if save:
            self._saved = (self._row, self._column)
        else:
            self._to_row(self._saved[0])
            self._column = self._saved[1]

    def _sequence(self, written: str, final: str) -> None:
        if written[:1] in ("?", ">", "=", "<"):
            if written in ("?1049", "?47", "?1047") and final == "h":
                self._clear()  # a screen of its own, below what was there
            return
        numbers = [int(each) if each.isdigit() else 0 for each in written.split(";")]
        count = max(1, min(numbers[0], 4 * self.columns))
        line, column = self._lines[self._row], min(self._column, self.columns - 1)
        if final in "AF":
            self._row = max(self._top, self._row - count)
        elif final in "BE":
            self._to_row(min(self._row + count, self._top + self.rows - 1))
        elif final == "C":
            self._column = min(self.columns - 1, column + count)
        elif final == "D":
            self._column = max(0, column - count)
        elif final in "G`":
            self._column = min(self.columns, count) - 1
        elif final in "Hf":
            self._address(count, max(1, numbers[1]) if len(numbers) > 1 else 1)
        elif final == "d":
            self._address(count, column + 1)
        elif final == "K":
            self._erase_in_line(numbers[0])
        elif final == "J" and numbers[0] in (2, 3):
            self._clear()
        elif final == "J" and numbers[0] == 0:
            self._erase_in_line(0)
            del self._lines[self._row + 1 :], self._joined[self._row + 1 :]
            self._joined[self._row] = False
        elif final == "P":
            del line[column : column + count]
        elif final == "@":
            line[column:column] = " " * count
        elif final == "X":
            self._pad()
            line[column : column + count] = " " * min(count, self.columns - column)
        elif final == "b" and 0 < self._column <= len(line):
            self._print(line[self._column - 1] * count)
        if final in "EF":
            self._column = 0

    def _address(self, row: int, column: int) -> None:
        """A row of the screen: its first one is where it was cleared last."""
        if not self._cleared:
            self._top = max(0, self._row - self.rows + 1)
        self._to_row(self._top + min(row, self.rows) - 1)
        self._column = min(column, self.columns) - 1

    def _erase_in_line(self, how: int) -> None:
        line = self._pad()
        if how == 0:
            del line[self._column :]
            self._joined[self._row] = False
        elif how == 1:
            line[: self._column + 1] = " " * min(self._column + 1, len(line))
        else:
            line[:] = []

    def _clear(self) -> None:
        """An empty screen. Of a screen that is drawn anew only the last one stays, but what
        was there before the first stays, too."""
        if not self._cleared:
            self._top = len(self._lines) if self._lines[-1] else len(self._lines) - 1
        self._cleared = True
        self._to_row(self._top)
        del self._lines[self._top + 1 :], self._joined[self._top + 1 :]
        self._lines[self._top], self._joined[self._top] = [], False


def width(character: str) -> int:
    """How many columns a character takes."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
