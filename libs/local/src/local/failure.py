"""What stops this machine from running the product."""


class Failure(Exception):  # noqa: N818 - what it tells is no error of the program
    """A condition the person at the keyboard can mend; the message is the sentence that tells them how."""
