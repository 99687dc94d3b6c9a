"""The exceptions of muster: one root, children named for what the caller can do about it.

    MusterError
    |-- InputError        a file, URL or argument cannot be used: choose another
    |   |-- DocumentError a document cannot be read: mend or drop the file
    |   |-- CaseError     a case file breaks a rule: mend the named key
    |   |-- ScenarioError a scenario breaks a rule: mend the named key
    |   `-- QuoteError    a quote is not verbatim: re-read the document or drop the statement
    |-- NotFoundError     a name (actor, ask, statement, case) is not known: see the listed names
    |-- LedgerError       the store refused or is damaged: the message says what is safe
    `-- RemoteError       another machine failed or answered badly: try again later

Messages say what failed with its value, then the rule, then the next step.
"""


class MusterError(Exception):
    """Root of all errors that muster raises on purpose; the CLI prints its text as one line.

    Parameters
    ----------
    what : str
        What failed, with the value the reader typed and its place.
    rule : str, optional
        The rule that was broken.
    next_step : str, optional
        What to do now.
    """

    exit_code = 1

    def __init__(self, what: str, *, rule: str = "", next_step: str = "") -> None:
        self.what = what
        self.rule = rule
        self.next_step = next_step
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [self.what.rstrip(".")]
        if self.rule:
            parts.append(self.rule.rstrip("."))
        text = "; ".join(parts) + "."
        if self.next_step:
            text = f"{text} {self.next_step.rstrip('.')}."
        # Names out of hostile files may hold control characters, and a terminal would obey them.
        return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


class InputError(MusterError):
    """Something the user gave cannot be used."""

    exit_code = 2


class DocumentError(InputError):
    """A document cannot be read: missing, empty, binary, too large or not of its format."""


class CaseError(InputError):
    """A case file breaks a rule; the message names file, key, value and rule."""


class ScenarioError(InputError):
    """A passage scenario breaks a rule; the message names key, value and rule."""


class QuoteError(InputError):
    """A quote is not the verbatim stretch of its document that it claims to be."""


class NotFoundError(MusterError):
    """A name is not known here; the message lists near or possible names."""

    exit_code = 3


class LedgerError(MusterError):
    """The store refused an operation or is damaged; the message says what is safe."""

    exit_code = 4


class RemoteError(MusterError):
    """Another machine failed, answered badly or may not be asked (private address)."""

    exit_code = 5
