"""One BLAS thread while anything is computed, also where several fits run side by side in one process."""

from contextlib import contextmanager
from threading import Lock

from threadpoolctl import threadpool_limits


class _Held:
    """How many are computing, and the limit that the first of them set."""

    lock, n_inside, limit = Lock(), 0, None


@contextmanager
def one_thread():
    """Hold BLAS to one thread; the last to leave gives it back what it had.

    ``threadpool_limits`` by itself is of the whole process: the first of two fits to end would give BLAS its threads
    back while the other computes, and more threads may add in another order.
    """
    with _Held.lock:
        if not _Held.n_inside:
            _Held.limit = threadpool_limits(limits=1)
        _Held.n_inside += 1
    try:
        yield
    finally:
        with _Held.lock:
            _Held.n_inside -= 1
            if not _Held.n_inside:
                _Held.limit.restore_original_limits()
