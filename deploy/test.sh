#!/usr/bin/env bash
# Runs everything that decides whether a change is good: formatting, lints, documentation, tests.
#
#   deploy/test.sh
#
# Needs Rust (rust-toolchain.toml says which) and a C compiler. On Debian, as root, it installs what
# the tests need beside them. Each step says how long it took; the last lines are the test runner's own.
#
# SLUSE_SHARED names the folder with corpora and suites. Where it is not set, ../shared is taken;
# where that is absent too, the tests that need real documents say SKIPPED and pass.
set -o errexit -o nounset -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the tests call, and the Debian package that brings it. A line is added with the test that needs it.
needs=(
    # command      package
    "cc            gcc libc6-dev"
    "git           git"
    "curl          curl"
    "sqlite3       sqlite3"
    "python3       python3 python3-venv"
)

install_needs() {
    local line words packages=()
    for line in "${needs[@]}"; do
        read -r -a words <<<"$line"
        command -v "${words[0]}" >/dev/null || packages+=("${words[@]:1}")
    done
    [ "${#packages[@]}" -eq 0 ] && return
    if [ "$(id --user)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "missing, and not root on Debian: install ${packages[*]}" >&2
        exit 2
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    apt-get install --quiet --yes --no-install-recommends "${packages[@]}"
}

# Other people's SOAP, which a test puts on both sides of the gateway. Where no registry can be reached, that test
# says SKIPPED.
install_peers() {
    local folder=target/peers
    if python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --requirement deploy/peers.txt; then
        SLUSE_TEST_PYTHON="$PWD/$folder/bin/python"
        export SLUSE_TEST_PYTHON
    else
        echo "SKIPPED: zeep and spyne cannot be installed" >&2
    fi
}

find_shared() {
    if [ -z "${SLUSE_SHARED:-}" ] && [ -d ../shared ]; then
        SLUSE_SHARED="$(cd ../shared && pwd)"
    fi
    if [ -z "${SLUSE_SHARED:-}" ]; then
        echo "SKIPPED: tests over real documents, SLUSE_SHARED is not set and ../shared is not there" >&2
        return
    fi
    for folder in corpora suites; do
        if [ ! -d "$SLUSE_SHARED/$folder" ]; then
            echo "SLUSE_SHARED is $SLUSE_SHARED, but it has no folder $folder" >&2
            exit 2
        fi
    done
    export SLUSE_SHARED
}

step() {
    local title=$1 begun=$SECONDS
    shift
    echo "── $title: $*" >&2
    "$@"
    echo "── $title: $((SECONDS - begun)) s" >&2
}

run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        step "build tests" cargo nextest run --workspace --no-run --locked
        step "doc tests" cargo test --workspace --doc --locked
        step "tests" cargo nextest run --workspace --locked --profile "${SLUSE_TEST_PROFILE:-default}"
    else
        step "build tests" cargo test --workspace --no-run --locked
        step "tests" cargo test --workspace --locked
    fi
}

export CARGO_INCREMENTAL=0 CARGO_TERM_PROGRESS_WHEN=never
step "needs" install_needs
step "peers" install_peers
find_shared
step "format" cargo fmt --all --check
step "lints" cargo clippy --workspace --all-targets --locked -- --deny warnings
RUSTDOCFLAGS="--deny warnings" step "documentation" cargo doc --workspace --no-deps --locked
if cargo deny --version >/dev/null 2>&1; then
    step "dependencies" cargo deny --workspace check bans licenses sources
fi
run_tests
