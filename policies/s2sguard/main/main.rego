# METADATA
# description: |
#   Gathers what every control says. Adding a control's folder is its registration.
#   Only `results` is exposed: a `deny` here would make conftest report everything twice.
#   It is a list, because a set would hash every finding once more.
# entrypoint: true
package s2sguard.main

results := [result |
	some family, name
	control := data.s2sguard.controls[family][name]
	result := {
		"control": control.id,
		"applies": control.applies,
		"deny": control.deny,
		"warn": control.warn,
	}
]
