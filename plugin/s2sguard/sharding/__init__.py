"""A whole run, shard by shard: an inventory on disk, judged by one or several processes, the results on disk again.

.. code-block:: text

    size      is an input large enough for this
    run       the pipeline: paths -> spool -> shards -> results -> the same report that `audit` makes
    judging   one shard in one process: facts, verdicts, gaps
    workers   the processes, if there are several
    packing   verdicts and facts as short texts: a pass is two numbers
    results   what was found, in the order of a report, read from disk when it is asked for

Nothing in here decides anything: verdicts, notes, gaps and their order are those of `audit`.
"""
