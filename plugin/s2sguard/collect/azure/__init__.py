"""The live inventory: Azure itself, read and never written.

.. code-block:: text

    request   clouds                which part of which tenant, and where that answers
    session   guard  throttling     SDK clients over one transport; what may be sent, and how fast
    gaps      failures  listing     one request or listing -> its JSON, or why there is none
    kinds     references            which operations read a type; what else a resource makes worth reading
    scopes    graph  subscriptions  which subscriptions; what is in them, by Resource Graph or by walking
    groups    children  stand_ins   one unit of work: all that is wanted of one resource group
    observe                         the live SAs of one connection, where they are asked for
    checkpoint                      finished units and what they gave, in SQLite
    collect                         the whole run, as an async generator of `Collected`
    role                            the custom role that allows all of this and nothing else

Every resource goes through the reader for ARM JSON, as one from a file does.
What cannot be read is a gap about what it touches, of a kind in `model.inventory.NOT_READ`.
The modules that import the SDK are imported by `collect`, when a run starts.
"""
