package s2sguard.lib

# METADATA
# description: What is wrong with ranges whose packets or replies no firewall sees, with the first packet of them.
past_firewall(path) := concat("", [
	concat(", ", path.ranges), " in ", concat(", ", path.networks), ": ", path.because,
	"; for example ", path.witness,
])
