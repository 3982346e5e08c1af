"""Discord's error numbers that we act on. Source: its docs, topics/opcodes-and-status-codes."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062  # answered after three seconds, or never ours
ANSWERED_ALREADY = 40060  # by another process with our token
INVALID_FORM = 50035
EMPTY_MESSAGE = 50006
TOO_LARGE = 40005  # a file or a body
OLD_MESSAGE = 30046  # too many edits of messages older than an hour; comes as HTTP 429
NOT_OURS = 50005  # somebody else's message

MESSAGE_CODES = frozenset((UNKNOWN_MESSAGE, NOT_OURS))
BODY_CODES = frozenset((INVALID_FORM, EMPTY_MESSAGE, TOO_LARGE))
PLACE_CODES = frozenset(
    (
        UNKNOWN_CHANNEL,
        10013,  # unknown user
        50001,  # missing access
        50007,  # cannot send messages to this user
        50008,  # cannot send messages in this kind of channel
        50013,  # missing permissions
        50083,  # the thread is archived
        50278,  # no server in common
        160005,  # the thread is locked
    )
)
