"""Stored answers, bounded by bytes: what was asked for least recently goes first."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from .stored import Stored

Key = tuple[str, str]
BYTES_A_SIGN = 4  # at most, of a path or query: for the key, and for what of it stands in headers


class Shelf:
    """Answers by key. `stays` says which are never put out, which must be few."""

    def __init__(self, most_bytes: int, stays: Callable[[Key], bool] = lambda key: False) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._stays = stays
        self._kept: OrderedDict[Key, Stored] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Stored | None:
        """The answer, which from now on is the one asked for last."""
        found = self._kept.get(key)
        if found is not None:
            try:  # noqa: SIM105 (a context manager would cost as much as all the rest)
                self._kept.move_to_end(key)
            except KeyError:  # another thread has just put it out
                pass
        return found

    def put(self, key: Key, answer: Stored) -> None:
        """Keep the answer, unless it would take more than an eighth of the shelf."""
        answer.bytes += BYTES_A_SIGN * sum(map(len, key))
        with self._lock:
            self._forget(key)
            if answer.bytes > self.most_bytes // 8:
                return
            self._kept[key] = answer
            self.bytes += answer.bytes
            self._make_room()

    def grown(self, key: Key, answer: Stored, by: int) -> None:
        """Count the bytes of a form that was made later, where the answer is still kept."""
        with self._lock:
            if self._kept.get(key) is not answer:
                return
            answer.bytes += by
            self.bytes += by
            self._make_room()

    def drop(self, key: Key) -> None:
        with self._lock:
            self._forget(key)

    def _forget(self, key: Key) -> None:
        before = self._kept.pop(key, None)
        if before is not None:
            self.bytes -= before.bytes

    def _make_room(self) -> None:
        for _ in range(len(self._kept)):
            if self.bytes <= self.most_bytes:
                return
            key = next(iter(self._kept))
            if self._stays(key):
                self._kept.move_to_end(key)
            else:
                self._forget(key)
