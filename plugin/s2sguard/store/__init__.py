"""State between scans: runs kept in SQLite or PostgreSQL, compared with each other, counted over time.

.. code-block:: text

    address      the URL of a store, and the one form of it that may be shown
    database     connections, transactions, the schema and its version; failures says in one line what went wrong
    tables       the tables, and how an older schema becomes the current one
    pairs        which partners of a gateway reach each other, as groups x groups, never as a list of pairs
    save  load   a report -> rows; rows -> `RunView`
    report_file  a JSON report -> `RunView`, so that two reports can be compared without a store
    compare      two `RunView` -> `Diff`; pair_changes does the pairs
    trend        counts over time as plain data
    retention    which runs stay
    *_text, diff_json    what `diff` and `history` print

A run is written in one transaction: it is visible when it is complete, and a run that crashes was never there.
SQLAlchemy and the driver are the extra `store`; they are imported when a store is opened.
"""
