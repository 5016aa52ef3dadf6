"""What stops this machine from running the product."""


class Failure(Exception):
    """A condition the person at the keyboard can mend; the message is the sentence that tells them how."""
