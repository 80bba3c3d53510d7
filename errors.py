"""The few ways in which Fundoscope refuses something. Each message is one line meant for the user."""


class FundoscopeError(Exception):
    """Base of every error that reaches the user as one line."""


class UnreadableImage(FundoscopeError):
    """A file could not be decoded as a picture; the message names the file and the reason."""


class NotAFundusPhotograph(FundoscopeError):
    """A picture decoded well but shows no fundus."""


class ExpertUnavailable(FundoscopeError):
    """An expert cannot run: unknown name, missing or altered weights, missing dependency."""


class ArtifactMissing(FundoscopeError):
    """An artifact is not in the store, or its content no longer matches its hash."""


class KnowledgeError(FundoscopeError):
    """The corpus, the embedder or the passage store is missing, altered or unreadable."""


class BadSetting(FundoscopeError):
    """A setting or an argument has a value that cannot be used."""


class StoreBusy(FundoscopeError):
    """The database of the cases is held by somebody else, and was for a long time."""


class StoreUnreachable(FundoscopeError):
    """The database server of the cases does not answer, refuses, or was lost."""


class UnreadableReport(FundoscopeError):
    """A file is no report, or one of a schema version that is not known here."""


class WrongMask(FundoscopeError):
    """A mask was made for another photograph than the one it is held against."""
