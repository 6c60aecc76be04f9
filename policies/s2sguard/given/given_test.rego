# METADATA
# description: |
#   A facts document to which every control applies and which every control passes, and ways to spoil it.
#   The ids are plain words, so that a test reads as a sentence.
package s2sguard.given_test

document := {
	"schema_version": "1",
	"today": "2026-06-01",
	"settings": {
		"ike_encryption": ["AES256", "GCMAES256"],
		"ike_integrity": ["GCMAES256", "SHA256", "SHA384"],
		"dh_group": ["DHGroup14", "ECP384"],
		"ipsec_encryption": ["AES256", "GCMAES256"],
		"ipsec_integrity": ["GCMAES256", "SHA256"],
		"pfs_group": ["ECP384", "PFS2048"],
		"sa_lifetime_seconds_min": 300,
		"sa_lifetime_seconds_max": 28800,
		"sa_data_size_kilobytes_min": 1024,
		"sa_data_size_kilobytes_max": 102400000,
		"selector_shortest_local_v4": 16,
		"selector_shortest_remote_v4": 8,
		"selector_shortest_v6": 48,
		"site_shortest_v4": 8,
		"site_shortest_v6": 48,
		"retired_skus": {"Standard": "2026-03-31", "VpnGw1": "2026-09-30"},
	},
	"assumptions": {"peer_child_sa": "refused", "answer_clipped": true, "no_fallback_with_fixed": true},
	"gateways": [{
		"id": "gateway",
		"name": "gateway",
		"present": true,
		"complete": true,
		"partner_facing": true,
		"gateway_type": "Vpn",
		"vpn_type": "RouteBased",
		"sku": "VpnGw2AZ",
		"replay_protection": true,
		"ike_log": true,
		"bgp": false,
		"extensions": [],
		"road": {"state": "closed", "by": "virtual WAN wan does not allow branch-to-branch"},
		"uninspected_inbound": [],
		"uninspected_return": [],
		"bypass_routes": [],
		"gateway_subnet_problems": [],
		"connections": 2,
		"open_ceilings": 0,
		"unknown": {},
	}],
	"connections": [{
		"id": "connection",
		"name": "connection",
		"gateway": "gateway",
		"site": "site",
		"site_name": "site",
		"partner": "red",
		"trust": "partner",
		"connection_type": "IPsec",
		"connection_mode": "InitiatorOnly",
		"connection_protocol": "IKEv2",
		"policy_based_selectors": true,
		"bgp": false,
		"nat_rules": 0,
		"custom_policy": true,
		"ipsec_policy": {
			"ike_encryption": "AES256",
			"ike_integrity": "SHA384",
			"dh_group": "ECP384",
			"ipsec_encryption": "GCMAES256",
			"ipsec_integrity": "GCMAES256",
			"pfs_group": "ECP384",
			"sa_lifetime_seconds": 27000,
			"sa_data_size_kilobytes": 102400000,
			"weak": {},
		},
		"fixed_selectors": [{"local": ["172.16.1.0/24"], "remote": ["10.1.0.0/16"]}],
		"selector_widths": {"local_v4": 24, "remote_v4": 16},
		"ceiling": {"open": false, "reasons": []},
		"remote_outside_site": [],
		"local_outside_networks": [],
		"peer": {"kind": "public", "value": "198.51.100.7"},
		"shared_gateway": true,
		"two_way": {"count": 0, "possible": 0, "witnesses": []},
		"one_way": {"count": 0, "possible": 0, "witnesses": []},
		"to_internal": {"count": 0, "possible": 0, "witnesses": []},
		"remote_overlap": {"count": 0, "possible": 0, "examples": []},
		"learned": {"count": 0, "possible": 0, "examples": []},
		"observed": {
			"ike_sas": 1,
			"child_sas": 1,
			"selectors": [{"local": ["172.16.1.0/24"], "remote": ["10.1.0.0/16"]}],
			"wider": [],
			"of_others": [],
			"peer_initiated": 0,
			"algorithms": {
				"ike_encryption": ["AES256"],
				"ike_integrity": ["SHA384"],
				"dh_group": ["ECP384"],
				"ipsec_encryption": ["GCMAES256"],
				"ipsec_integrity": ["GCMAES256"],
				"pfs_group": ["ECP384"],
			},
			"two_way": {"count": 0, "possible": 0, "witnesses": []},
			"one_way": {"count": 0, "possible": 0, "witnesses": []},
		},
		"agreement": {
			"found": true,
			"label": "red (PAR-1)",
			"place": "red.yaml:2",
			"state": "in force",
			"valid_from": "2026-01-01",
			"valid_to": "2026-12-31",
			"ends_at": [],
			"peers": ["198.51.100.7"],
			"selectors": {"missing": [], "extra": [], "notes": []},
			"prefixes": {"missing": [], "extra": [], "notes": []},
			"algorithms": [],
			"conflicts": [],
		},
		"unknown": {},
	}],
	"sites": [{
		"id": "site",
		"name": "site",
		"partners": ["red"],
		"trust": "partner",
		"gateways": ["gateway"],
		"prefixes": ["10.1.0.0/16"],
		"widths": {"v4": 16},
		"peer": {"kind": "public", "value": "198.51.100.7"},
		"overlap": {"count": 0, "possible": 0, "examples": []},
		"network_overlap": [],
		"unknown": {},
	}],
	"shared_keys": [{
		"id": "shared_key",
		"name": "sharedKey of to-red",
		"file": "main.json",
		"handling": "protected",
		"how": "parameter psk is secure",
		"unknown": {},
	}],
}

# METADATA
# description: A packet between two partners, as the facts prove it.
witness := {
	"src": "10.1.0.4",
	"dst": "10.2.0.4",
	"from": "/connections/to-red",
	"to": "/connections/to-blue",
	"from_selector": "any <-> any",
	"to_selector": "any <-> any",
	"because": ["connection_mode"],
}

# METADATA
# description: The document with its one subject of a kind (`connections`, `gateways`, `sites`, `shared_keys`) changed.
with_facts(kind, changes) := object.union(document, {kind: [object.union(document[kind][0], changes)]})

# METADATA
# description: The document with facts of a subject not knowable; a policy field is named `ipsec_policy.<field>`.
without_facts(kind, facts) := object.union(document, {kind: [object.union(
	json.remove(document[kind][0], [replace(fact, ".", "/") | some fact in facts]),
	{"unknown": {fact: "known only after apply" | some fact in facts}},
)]})

# METADATA
# description: The document with facts of a subject missing and no reason given.
lacking_facts(kind, facts) := object.union(
	json.remove(document, [kind]),
	{kind: [json.remove(document[kind][0], [replace(fact, ".", "/") | some fact in facts])]},
)

# METADATA
# description: What findings say.
messages(findings) := {finding.msg | some finding in findings}

# METADATA
# description: What a control says about facts that are not knowable.
gaps(facts) := {message |
	some fact in facts
	message := concat("", [fact, " is unknown: known only after apply"])
}
