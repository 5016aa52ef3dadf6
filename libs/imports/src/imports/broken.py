class Broken(Exception):  # noqa: N818  it says what a file is
    """The file cannot be read on: the message is a sentence for the person who sent it, with the place."""
