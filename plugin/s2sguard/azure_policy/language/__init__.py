"""The Azure Policy language: from a definition to closures, and from one resource to an outcome.

.. code-block:: text

    definition  parameters          a definition taken apart; the values one evaluation gets
    policy  scope  env              compile once, evaluate many; what the parts share meanwhile
    conditions  leaves  counts      the `if` block, compiled
    operators  asking  targets      one condition: what is asked, of which values, against what
    compare  text  ip_ranges        when values are equal, which comes first, what lies in what
    fields  aliases  legacy  paths  from the name of a field to the values it selects
    functions  circumstances        what expressions may call, and what surrounds the resource
    effects/                        the `then` block: which effect, and what it would do
    outcome  trace  failures        what comes out, and which conditions decided
    masking                         what people may see of it: no secret, and nothing made of one
    limits                          what Azure refuses for its size
"""
