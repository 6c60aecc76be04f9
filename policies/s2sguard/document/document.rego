# METADATA
# description: |
#   Catches input that is not a facts document, such as a plan or a template given to conftest as it is:
#   no control applies to it, and without this rule it would pass.
package s2sguard.document

# METADATA
# description: One finding, whatever is wrong with the input.
deny contains {"control": "S2S-DOC-001", "resource": "", "msg": message} if {
	not is_facts
	message := concat("", ["this is ", kind, ": nothing was judged; ", advice])
}

# METADATA
# description: |
#   Everything the controls read is there.
#   A version alone is not enough: reports and snapshots have one too, and controls find no subject in them.
is_facts if {
	input.schema_version == "1"
	is_array(input.gateways)
	is_array(input.connections)
	is_array(input.sites)
	is_array(input.shared_keys)
	is_object(input.settings)
	is_object(input.assumptions)
}

default kind := "no facts document"

kind := "a list (conftest --combine makes one), not a facts document" if {
	is_array(input)
} else := "a Terraform plan, not a facts document" if {
	is_object(input.planned_values)
} else := "an ARM template, not a facts document" if {
	contains(input["$schema"], "eploymentTemplate")
} else := "an inventory of s2sguard, not a facts document" if {
	input.kind == "s2sguard-inventory"
} else := "a report of s2sguard, not a facts document" if {
	is_array(input.verdicts)
} else := "a facts document of another version of s2sguard" if {
	is_array(input.connections)
	is_array(input.gateways)
}

advice := concat("", [
	"run `s2sguard facts INPUT | conftest test --parser json --all-namespaces -p \"$(s2sguard policies path)\" -`, ",
	"or with the plugin `conftest s2s INPUT`",
])
