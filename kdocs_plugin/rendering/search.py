"""Where Korean text is split into the words that a site's search knows.

Material's search (lunr) has no stemmer for Korean and matches beginnings of words only: with
its own separator "파드의" finds nothing, and "Pod" misses "파드(Pod)가". It takes another
separator, a regular expression of JavaScript's by which it splits both pages and queries;
what matches is left out. tests/browser/test_search.py holds this one against Material's.
"""

from __future__ import annotations

from typing import Final

_HANGUL = "[가-힣]"
_BEHIND = f"(?<={_HANGUL})"
_END = f"(?!{_HANGUL})"
_MARKS = r"""[\s\-,:;!?=\[\](){}"'`/|·…“”‘’<>~+*#@%^&$\\]+|\.(?!\d)"""
# 파드(Pod)가, kubelet이, v1에서: Hangul and Latin letters are words of their own.
_SCRIPTS = f"{_BEHIND}(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?={_HANGUL})"
# Particles at a word's end. The shorter one is, the more must stand before it to be one:
# 경로, 결과 and 추가 are nouns.
_LONG = (
    "에서는|에서도|에서의|에서|에게서|에게|으로는|으로도|으로|까지|부터|처럼|보다|이라는|라는|"
    "이라고|라고|이란|란|이나|이며|이고|입니다|이다|하고|마다|들은|들이|들을|들의|만의"
)
_SHORT = "이|가|의|에|와|과|도|만|로|나|임"
_OBJECTS = "을|를|은|는"
_PARTICLES = (
    f"{_BEHIND}(?:{_LONG}){_END}"
    f"|(?<={_HANGUL}{_HANGUL})(?:{_SHORT}){_END}"
    f"|{_BEHIND}(?:{_OBJECTS}){_END}"
)
# Second parts of compounds that people write with a space and without: 스태틱파드.
_NOUNS = (
    "파드|서비스|볼륨|클레임|클래스|컨트롤러|컨테이너|어피니티|슬라이스|폴리시|포워딩|프로브|"
    "쿼터|서버|허브|주기|변수|오토스케일러|업데이트"
)
_COMPOUNDS = f"{_BEHIND}(?={_NOUNS})"

SEPARATOR: Final = "|".join([_MARKS, _SCRIPTS, _PARTICLES, _COMPOUNDS])
