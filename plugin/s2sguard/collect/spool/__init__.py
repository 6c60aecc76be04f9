"""An inventory on disk: resources go in as they are read, and come out as shards that can be judged one by one.

.. code-block:: text

    spool       what others use: add what was read, then ask for counts, doubts and shards
    database    the file: private, temporary, one table for each thing
    rows        a resource or a gap as one line of JSON, and back
    merging     what `collect.merge` does, for those few resources that were read more than once
    components  which resources are connected: union-find over row numbers
    streams     a snapshot of any size, read line by line
    reading     paths -> spool: like `collect.read`, with one document in memory at a time

A shard is an `Inventory` with everything that its facts need, so that nothing in one needs another.
"""

from s2sguard.collect.spool.components import Batch
from s2sguard.collect.spool.reading import read_into
from s2sguard.collect.spool.spool import Shard, Spool

__all__ = ["Batch", "Shard", "Spool", "read_into"]
