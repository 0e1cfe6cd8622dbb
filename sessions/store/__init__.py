"""The store: one SQLite file, and the only I/O of this package. The rules never import it.

``facts`` is the truth. ``transfers``, ``accounts``, ``sessions``, ``claims``, ``visits``, ``cards`` and ``faults`` are
folded from it in the transaction that stores the facts, so that reading is quick; `verify` refolds and compares.
``marks``, ``samples``, ``heartbeats`` and ``selftests`` are no facts. ``outbox`` holds what the cloud has not got,
``snapshots`` a short cut for starting, ``header`` the fingerprint of the card key. Facts, marks, snapshots and header
carry checksums.

* `database` opens, creates and migrates the file; `lock` says whose the data directory is.
* `journal` is the one thread that writes; `writer` is the SQL it speaks, `codec` the form of rows and facts.
* `queries` reads beside it; `load` makes the live state from a snapshot and the facts after it; `verify` proves all of
  it.
* `header` says what card key the store was made under.
* `opening` is a start: it checks, and has a damaged store made good (`rescue`, from `copies` and by `carve`; `wal` and
  `witness` tell that there is damage). `ballast` is for full disks, `backup` for people.
"""
