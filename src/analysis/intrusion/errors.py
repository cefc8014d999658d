"""What cannot be asked or scored is refused here."""

import numbers


class IntrusionError(ValueError):
    """No items can be made of these topics, or answers cannot be scored; the message says what to change."""


def refuse_seed(random_state):
    """Raise where a draw could not be repeated."""
    whole = isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool)
    if not whole or not 0 <= random_state < 2**32:
        raise IntrusionError(
            f"random_state is a whole number from 0 to {2**32 - 1}, so that the draw can be repeated; found "
            f"{random_state!r}."
        )


def refuse_whole(name, value):
    """Raise where an option is not a whole number of at least 1."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool) or value < 1:
        raise IntrusionError(f"{name} expects a whole number of at least 1; found {value!r}.")


def refuse_level(level):
    """Raise where an interval is none."""
    if isinstance(level, bool) or not 0 < level < 1:
        raise IntrusionError(f"level expects a share between 0 and 1, such as 0.95; found {level!r}.")
