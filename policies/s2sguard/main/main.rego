# METADATA
# description: |
#   Gathers what every control says. Adding a control's folder is its registration.
#   Only `results` is exposed: a `deny` here would make conftest report everything twice.
# entrypoint: true
package s2sguard.main

results contains {
	"control": control.id,
	"applies": control.applies,
	"deny": control.deny,
	"warn": control.warn,
} if {
	some family, name
	control := data.s2sguard.controls[family][name]
}
