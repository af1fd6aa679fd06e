"""What was found, told: on a terminal, as JSON, JUnit, SARIF and GitHub annotations.

In: pages with their findings. Out: text or plain values; nothing is printed here. A
format is a module that renders `entries`, findings with their words filled in. `baseline`
is what was found before and is not told again. Nothing is imported here: a call needs one
format. May import all layers below; knows neither
MkDocs nor the command line.
"""
