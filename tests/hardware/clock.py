"""A clock that stands until a test moves it."""


class HandClock:
    def __init__(self, start_ns: int = 5_000_000_000) -> None:
        self.now = start_ns

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * 1e9)
