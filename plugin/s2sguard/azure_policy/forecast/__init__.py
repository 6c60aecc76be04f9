"""What Azure Policy would say to the resources of an inventory, before anything is assigned or created."""
