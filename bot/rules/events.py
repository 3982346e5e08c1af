"""What programs are told of an item's life, and what of it stays between its reviewers."""

EVENTS = {  # event in the history -> what programs call it; votes and readings are nobody's news
    "opened": "item.opened",
    "escalated": "item.escalated",
    "edited": "item.edited",
    "settled": "item.settled",
    "corrected": "item.corrected",
    "redeemed": "item.redeemed",
    "reported": "item.reported",
    "grant-expired": "item.grant_expired",
}
