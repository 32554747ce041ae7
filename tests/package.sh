#!/usr/bin/env bash
# Builds the Debian package from the program that lies in the target folder, and installs,
# upgrades, removes and purges it in a Debian of its own. Root, debootstrap and a mirror.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
profile=(--debug)
[ "${1:-}" != --release ] || profile=()

say() { echo "package: $*"; }
fail() { say "FAILED: $*"; exit 1; }

for needed in systemd-analyze debootstrap; do
    command -v "$needed" >/dev/null || fail "no $needed here: apt-get install systemd debootstrap"
done

# 2.0 of 10 on its scale.
systemd-analyze security --offline=true --threshold=20 packaging/readerpass.service | tail -1 ||
    fail "the unit is open to more than it needs"

deb=$(packaging/deb.sh "${profile[@]}")
say "built $deb, $(stat -c %s "$deb") octets"

# Debian itself is fetched once.
plain=$target/bookworm
if [ ! -e "$plain/done" ]; then
    rm -rf "$plain"
    debootstrap --variant=minbase --include=systemd,procps,ca-certificates bookworm "$plain/root" >/dev/null
    touch "$plain/done"
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
cp -a "$plain/root/." "$root"
cp "$deb" "$root/readerpass.deb"
cp -r demo/registry "$root/registry"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
# A command as the service runs it.
as_service() {
    chroot --userspec=readerpass:readerpass "$root" env -i PATH=/usr/bin:/bin \
        READERPASS_DATA_DIR=/var/lib/readerpass READERPASS_MASTER_KEY="$(cat "$root/etc/readerpass/master.key")" \
        readerpass --config /etc/readerpass/readerpass.toml "$@"
}

said=$(in_root dpkg -i /readerpass.deb 2>&1) || fail "$said"
grep -q "not started" <<<"$said" || fail "it does not say what to do next: $said"
in_root getent passwd readerpass | grep -q nologin || fail "no user readerpass"
[ "$(stat -c '%a %U' "$root/etc/readerpass/master.key")" = "600 root" ] || fail "the master key is open"
[ "$(stat -c '%a' "$root/var/lib/readerpass")" = 700 ] || fail "the data folder is open"
[ ! -e "$root/etc/readerpass/readerpass.toml" ] || fail "a configuration that nobody wrote"
[ ! -e "$root/etc/systemd/system/multi-user.target.wants/readerpass.service" ] || fail "enabled by itself"
verified=$(systemd-analyze verify --root="$root" --man=no readerpass.service 2>&1 || true)
! grep "readerpass" <<<"$verified" || fail "the unit is not well"
in_root readerpass --version

cp "$root/usr/share/doc/readerpass/examples/readerpass.toml" "$root/etc/readerpass/readerpass.toml"
as_service apply /registry >/dev/null || fail "the example configuration is not taken"
as_service account create --role operator --login first-operator >/dev/null || fail "no account"
key=$(sha256sum <"$root/etc/readerpass/master.key")
echo "READERPASS_LOG=warn" >"$root/etc/readerpass/environment"

in_root dpkg -i --force-confdef --force-confold /readerpass.deb >/dev/null 2>&1 || fail "it does not upgrade"
[ "$key" = "$(sha256sum <"$root/etc/readerpass/master.key")" ] || fail "another master key after an upgrade"
grep -q warn "$root/etc/readerpass/environment" || fail "the operator's own file was overwritten"
as_service audit verify || fail "the data do not open after an upgrade"

in_root dpkg -r readerpass >/dev/null 2>&1 || fail "it does not go"
[ -e "$root/etc/readerpass/readerpass.toml" ] || fail "the configuration went with the program"
said=$(in_root dpkg -P readerpass 2>&1) || fail "$said"
[ -e "$root/var/lib/readerpass/durable.db" ] || fail "a purge took the accounts"
[ -e "$root/etc/readerpass/master.key" ] || fail "a purge took the keys"
grep -q "stay" <<<"$said" || fail "nobody was told: $said"
say "installed, upgraded, removed and purged"
