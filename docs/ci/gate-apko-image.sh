#!/bin/sh
# Builds an image with apko and gates the libc in it: gate-apko-image.sh CONFIG TAG BASE OUT
#
# CONFIG is apko's configuration, TAG the image's name with its tag, BASE and OUT are as for gate.sh. The image is left
# in OUT/image as an OCI layout, to be pushed when the gate is open. Needs apko, jq and tar.
set -eu

config=$1 tag=$2 base=$3 out=$4
here=$(dirname "$0")
layout=$out/image root=$out/root
rm -rf "$layout" "$root"
mkdir -p "$layout" "$root"

apko build --arch=x86_64 --sbom=false "$config" "$tag" "$layout"

blob() { echo "$layout/blobs/$(echo "$1" | tr : /)"; }
manifest=$(jq -r '[.manifests[] | select(.platform.architecture == "amd64")][0].digest' "$layout/index.json")
jq -r '.layers[].digest' "$(blob "$manifest")" | while read -r layer; do
	tar -xzf "$(blob "$layer")" -C "$root" --no-same-owner
done

# a registry knows the image by the digest of its index, an engine on this architecture by that of its manifest
index=sha256:$(sha256sum "$layout/index.json" | cut -d ' ' -f 1)
"$here/gate.sh" "dir:$root" "$base" "$out" "$tag@$index" "$tag-x86_64@$manifest"
