#!/usr/bin/env bash
# Installs what the tests need, once. Debian or Ubuntu, root or sudo.
set -euo pipefail
cd "$(dirname "$0")"

root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# What cannot be had here is said at the end of ./test, and fails the tests that need it.
not_shown() {
    mkdir -p ../test-output
    echo "$*" | tee -a ../test-output/not-shown.txt
}

packages=(
    redis-server xmlsec1
    libxml2-dev libxmlsec1-dev libxmlsec1-openssl libssl-dev clang pkg-config
    python3-venv python3-pip nodejs npm
    php-cli php-xml php-mbstring simplesamlphp
    python3-pysaml2 python3-authlib python3-flask python3-requests python3-django-cas-server
    chromium fonts-noto-cjk
    openjdk-17-jdk-headless mono-mcs mono-runtime libmono-system-core4.0-cil
    slapd
)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
# A newer Node.js than Debian's may be there already; its npm comes along.
if command -v node >/dev/null && command -v npm >/dev/null; then
    kept=()
    for package in "${missing[@]}"; do
        case $package in nodejs | npm) ;; *) kept+=("$package") ;; esac
    done
    missing=("${kept[@]}")
fi
if [ "${#missing[@]}" -gt 0 ]; then
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    root apt-get update -qq
    wanted=("${missing[@]}")
    missing=()
    for package in "${wanted[@]}"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            missing+=("$package")
        else
            not_shown "this distribution has no package $package"
        fi
    done
    # Servers are started by the tests on ports of their own, never by the package.
    printf '#!/bin/sh\nexit 101\n' | root tee /usr/sbin/policy-rc.d >/dev/null
    root chmod +x /usr/sbin/policy-rc.d
    root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    root rm -f /usr/sbin/policy-rc.d
fi

# Names of the tests' hosts.
for name in hub.test nju.test jinling.test ssp.test pyidp.test pysp.test nodesp.test nodeapp.test pyapp.test dcas.test; do
    grep -qE "[[:space:]]$name(\$|[[:space:]])" /etc/hosts || echo "127.0.0.1 $name" | root tee -a /etc/hosts >/dev/null
done

# Peers in Python and JavaScript, each with its lock file.
if [ -f peers/py/requirements.txt ]; then
    stamp=peers/py/.venv/stamp
    if ! cmp -s peers/py/requirements.txt "$stamp"; then
        rm -rf peers/py/.venv
        python3 -m venv peers/py/.venv
        if peers/py/.venv/bin/pip install --quiet --require-hashes -r peers/py/requirements.txt; then
            cp peers/py/requirements.txt "$stamp"
        else
            rm -rf peers/py/.venv
            not_shown "peers in Python: pip could not install peers/py/requirements.txt"
        fi
    fi
fi
for folder in peers/js browser; do
    if [ -f "$folder/package-lock.json" ]; then
        stamp=$folder/node_modules/.stamp
        if ! cmp -s "$folder/package-lock.json" "$stamp"; then
            if (cd "$folder" && npm ci --silent --no-audit --no-fund --ignore-scripts); then
                cp "$folder/package-lock.json" "$stamp"
            else
                not_shown "$folder: npm could not install its package-lock.json"
            fi
        fi
    fi
done
