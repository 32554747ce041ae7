#!/usr/bin/env bash
# tests/without-libxml.sh PROGRAM   the default program needs no libxml2, xmlsec1, OpenSSL or
# clang: it links none, and the demo answers on a machine where each of them is hidden.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "$1")
hidden='libxml2\.so|libxmlsec1|libxslt\.so|libssl\.so|libcrypto\.so|libclang|libLLVM'

linked=$(ldd "$program")
if grep -E "$hidden" <<<"$linked"; then
    echo "$program links what it must not need"
    exit 1
fi

if ! unshare --map-root-user --mount true 2>/dev/null; then
    mkdir -p test-output
    echo "the demo with libxml2, xmlsec1 and clang hidden: no namespaces here; it links none of them" |
        tee -a test-output/not-shown.txt
    exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export program folder hidden
export port=$((20000 + RANDOM % 20000))

# A mount namespace of its own: what is hidden there is hidden nowhere else.
unshare --map-root-user --mount bash -euo pipefail <<'INSIDE'
while read -r file; do
    # Whatever loads or starts it finds an empty file that cannot be run.
    mount --bind /dev/null "$file"
done < <(
    find -L /usr/lib /lib /usr/local/lib -xdev -type f 2>/dev/null | grep -E "/($hidden)[^/]*$" |
        xargs -r realpath | sort -u
    for name in xmlsec1 xmllint clang openssl; do
        for path in $(type -ap "$name" || true); do realpath "$path"; done
    done | sort -u
)
for name in xmlsec1 clang; do
    if "$name" --version >/dev/null 2>&1; then
        echo "$name is not hidden"
        exit 1
    fi
done

"$program" demo --data "$folder/demo" --port "$port" >"$folder/log" 2>&1 </dev/null &
demo=$!
trap 'kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null || true' EXIT
get() {
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: hub.localhost:%s\r\nConnection: close\r\n\r\n' "$1" "$port" >&3
    cat <&3
    exec 3<&-
}
for _ in $(seq 600); do
    if get /readyz 2>/dev/null | grep -q '^HTTP/1.1 200'; then
        get /saml/sp/metadata | grep -q EntityDescriptor
        echo "the demo answers without libxml2, xmlsec1, OpenSSL and clang"
        exit 0
    fi
    kill -0 "$demo" 2>/dev/null || break
    sleep 0.1
done
cat "$folder/log"
echo "the demo does not answer without them"
exit 1
INSIDE
