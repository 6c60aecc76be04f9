# METADATA
# description: |
#   Catches input that is not a facts document, such as a plan or a template given to conftest as it is:
#   no control applies to it, and without this rule it would pass.
package s2sguard.document

deny contains {"control": "S2S-DOC-001", "resource": "", "msg": message} if {
	not input.schema_version == "1"
	message := "this is not a facts document: run `s2sguard facts INPUT | conftest test --parser json -`"
}
