#!/bin/sh
# Runs the cases on one libc and gates what they saw: gate.sh LIBC BASE OUT [NAME@sha256:DIGEST...]
#
# LIBC is as for pytest --libc, BASE as for conformance gate, OUT a folder for everything that is written. Images that
# hold the libc are attested with it. CASES names topics or folders, by default all; a file waivers.yaml in the
# current folder is used. The exit code is that of the gate.
set -eu

libc=$1 base=$2 out=$3
shift 3
mkdir -p "$out"

code=0
# shellcheck disable=SC2086  # CASES is a list
pytest -o addopts= -p no:cacheprovider -n auto --libc="$libc" --repeat="${REPEAT:-2}" \
	--results="$out/run" --junitxml="$out/junit.xml" ${CASES:-} || code=$?
# what failed or could not run is for the gate to weigh; without a run there is nothing to weigh
case $code in 0 | 1 | 77) ;; *) exit "$code" ;; esac

for image; do
	set -- "$@" --image "$image"
	shift
done
# shellcheck disable=SC2086
exec conformance gate "$base" "$out/run" ${CASES:-} "$@" \
	--json "$out/gate.json" --sarif "$out/gate.sarif" --attestation "$out/gate.intoto.jsonl" \
	--summary "${GITHUB_STEP_SUMMARY:-$out/gate.md}"
