"""Which headend can carry these partners: the article's list of requirements, held against what an estate and its agreements need.

.. code-block:: text

    demand        what one partner needs: selectors, prefixes, a peer Azure can dial, BGP, NAT, algorithms
    requirements  one requirement held against the demands -> an answer for each headend, with its reason
    advice        all requirements of one gateway, what decides, and which headend is left
    advice_text, advice_json    the same for people and for programs

Sources: the article ("Typical requirements", "Other solutions"), facts/azure.md 4 (Microsoft's pages, named there one by one).
"""
