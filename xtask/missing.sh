#!/bin/sh
# Prints what the whole check needs beside Rust and this machine lacks, a line for each: Debian's package of it, a tab,
# and what is missing. With `--no-peers` among the arguments, what only the tests against the peers need is left out.
#
# The only list of these: `.ci/run` installs from it, and `cargo xtask ci` stops with it before it builds anything.
set -eu

missing() { printf '%s\t%s\n' "$1" "$2"; }
program() { command -v "$1" >/dev/null 2>&1 || missing "$2" "$1"; }
no_peers=false
for argument; do
  if [ "$argument" = --no-peers ]; then no_peers=true; fi
done

program cc gcc
# cc without the C library's start files cannot link, and neither can rustc.
[ -e "$(cc -print-file-name=crt1.o 2>/dev/null)" ] || missing libc6-dev "crt1.o of the C library"
[ -e "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" ] || missing ca-certificates "root certificates"
# Fetches the list of known holes in dependencies.
program git git
# Reads the packages of functions that a test writes.
program python3 python3
if [ "$no_peers" = false ]; then
  # The peers are installed into a virtual environment.
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing python3-venv "venv and ensurepip for python3"
  # The keyring is tested against a real Secret Service in a session of its own.
  program dbus-run-session dbus
  program gnome-keyring-daemon gnome-keyring
  program secret-tool libsecret-tools
fi
