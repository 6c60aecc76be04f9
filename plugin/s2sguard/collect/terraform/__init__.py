"""`terraform show -json`, of a plan or a state, as resources in ARM's shape.

```text
address  value  configuration   what Terraform writes: addresses, values not known yet, expressions
instance  plan                  the instances of a document
references  identify            which resource an expression, an id or a name means
map  map_network  map_vpn  map_wan   the attributes of every type that is read, in ARM's terms
convert  azapi                  an instance as ARM resources
reader                          all of it as one `Reader`
```
"""

from s2sguard.collect.terraform.reader import TerraformReader

__all__ = ["TerraformReader"]
