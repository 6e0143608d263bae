#!/bin/sh
# Prints what all checks need besides Rust and this machine lacks, one per line: its Debian package, a tab, and its name.
# With `--no-peers` it omits what only the tests against the peers need.
#
# This is the only such list: `.ci/run` installs from it, and `cargo xtask ci` stops with it before it builds anything.
set -eu

missing() { printf '%s\t%s\n' "$1" "$2"; }
program() { command -v "$1" >/dev/null 2>&1 || missing "$2" "$1"; }
no_peers=false
for argument; do
  if [ "$argument" = --no-peers ]; then no_peers=true; fi
done

program cc gcc
# cc and rustc cannot link without the start files of the C library.
[ -e "$(cc -print-file-name=crt1.o 2>/dev/null)" ] || missing libc6-dev "crt1.o of the C library"
[ -e "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" ] || missing ca-certificates "root certificates"
# Fetches the advisory database.
program git git
# A test reads function packages with it.
program python3 python3
if [ "$no_peers" = false ]; then
  # The peers are installed into a virtual environment.
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing python3-venv "venv and ensurepip for python3"
  # The keyring is tested against a real Secret Service in a separate session.
  program dbus-run-session dbus
  program gnome-keyring-daemon gnome-keyring
  program secret-tool libsecret-tools
  # The pages are tested in a real browser, by scripts for Node.
  program chromium chromium
  program node nodejs
  program npm npm
fi
