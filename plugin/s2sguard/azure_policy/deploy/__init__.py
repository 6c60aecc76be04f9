"""Our definitions on their way to Azure, and Azure's answers on their way back.

Besides `collect`, the only room that imports the Azure SDK, and only when a request is about to be made.

.. code-block:: text

    scope  resource_ids             where things live; which ids may become part of a request
    session  calls  errors          clients that register nothing, requests whose failures are one clear line
    desired  derived_document       what should be there: definitions, initiatives, assignments
    current                         what is there
    compare  breaking               the difference, read as Azure reads it
    plan  apply                     steps, and carrying them out in order
    attestations                    verdicts on manual definitions
    states                          Azure's compliance states beside our verdicts
    provider_aliases                the aliases the provider has today
    exemptions  waivers_exchange    waivers and exemptions, one as the other
"""
