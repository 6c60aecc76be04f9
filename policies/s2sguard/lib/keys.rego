package s2sguard.lib

# METADATA
# description: What is wrong with a place that gives a shared key in clear text.
clear_text(place) := concat("", ["the key is in clear text: ", place.how])
