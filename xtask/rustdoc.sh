#!/bin/sh
# Stands in for rustdoc while the examples in a library's documentation are tested: tests them, then writes the
# documentation from the same compiled dependencies, private items included. `cargo doc` would have all dependencies read
# once more for it.
set -eu
rustdoc "$@"

skip=false
for argument; do
  shift
  if [ "$skip" = true ]; then
    skip=false
    continue
  fi
  case "$argument" in
    --test) continue ;;
    --test-run-directory) skip=true && continue ;;
  esac
  set -- "$@" "$argument"
done
exec rustdoc "$@" --deny=warnings --document-private-items --out-dir "$LAMPLIGHT_RUSTDOC_OUT"
