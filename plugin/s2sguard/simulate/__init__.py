"""What two ends of a tunnel negotiate, before the tunnel exists: who may start, what is offered and answered, and what comes up.

.. code-block:: text

    ends        one child's selectors from both sides; how a device and Azure answer
    algorithms  do both ends have a common suite in phase 1 and 2
    exchange    one connection with one far end -> every exchange in order, and what comes up
    opened      what that opens between the partners of a gateway
    erring      one line too many on the far end, and what changes
    simulate_text, simulate_json    the same for people and for programs

Sources: the article (what Azure offers in which order, and takes), RFC 7296 section 2.9, and recorded answers of a real IKEv2 daemon.
"""
