# METADATA
# description: |
#   Gathers what every control says. Adding a control's folder is its registration.
#   Only `results` is exposed: a `deny` here would make conftest report everything twice.
#   It is a list, because a set would hash every finding once more.
# entrypoint: true
package s2sguard.main

import data.s2sguard.document

results := array.concat(judged, refused)

judged := [result |
	some family, name
	control := data.s2sguard.controls[family][name]
	result := {
		"control": control.id,
		"applies": control.applies,
		"deny": control.deny,
		"warn": control.warn,
	}
]

# Who asks for `results` alone must see that the input was no facts document: no control says anything about it.
refused := [result |
	some finding in document.deny
	result := {
		"control": finding.control,
		"applies": {finding.resource},
		"deny": {finding},
		"warn": set(),
	}
]
