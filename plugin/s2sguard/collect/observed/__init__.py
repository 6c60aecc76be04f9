"""What was seen in force: saved answers of `getIkeSas` and exported lines of the IKE diagnostic log, laid beside their connections.

.. code-block:: text

    answers      a parsed answer -> its SAs, without cookies and SPIs
    log          text of an export -> the selectors that were negotiated, by peer
    attach       files -> resources of type `IKE_SAS` below the connections they are about

An observation is a resource like any other, so snapshots, overlays and shards need not know of it.
"""
