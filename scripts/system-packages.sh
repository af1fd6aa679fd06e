#!/bin/sh
# What the live and the browser tests need of the system: on Debian, as root, installed;
# elsewhere named. Never fails: a test that lacks something skips and says so.
set -eu

packages="iproute2 nftables util-linux mmdebstrap busybox-static libseccomp-dev pkg-config
qemu-user-static chromium chromium-driver fonts-noto-cjk"

command -v dpkg-query >/dev/null || { echo "Not Debian: install nftables, iproute2, mmdebstrap, busybox and Chromium by hand for all tests."; exit 0; }
missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ]; then
  echo "For all tests, as root:  apt-get install$missing"
  exit 0
fi
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
  echo "Not all could be installed; the tests that need them will be skipped."
