#!/bin/sh
# Installs a released pressroom: `install.sh [VERSION] [FOLDER]`, by default the version of the sources it lies with, into
# ~/.local/bin. The archive of this system is taken from the release and must have the checksum that the release lists. Where a
# release has none for this system, or cannot be reached, cargo compiles the same version. What has another checksum is never
# installed, and nothing is tried after it.
set -eu

main() {
    version=${1:-$(own_version)}
    version=${version#v}
    folder=${2:-$HOME/.local/bin}
    releases=${RELEASES:-https://github.com/pressroom-cli/pressroom/releases/download}
    case $version in
        '' | *[!0-9A-Za-z.+-]* | [!0-9]*) fail "\`$version\` is no version: write it as 0.1.0" ;;
    esac
    case $(uname -s) in MINGW* | MSYS*) exe=.exe ;; *) exe= ;; esac
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    mkdir -p "$folder"
    if system=$(system) && fetch; then
        verify
        tar -xzf "$scratch/$archive" -C "$scratch"
        put "$scratch/${archive%.tar.gz}/pressroom$exe"
    else
        compile
    fi
    "$folder/pressroom$exe" --version
}

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

# The version of the sources beside this script.
own_version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/Cargo.toml" | head -n 1
}

# What releases call this system. The build with musl runs on every Linux, whatever C library it has.
system() {
    case $(uname -s)/$(uname -m) in
        Linux/x86_64) echo x86_64-unknown-linux-musl ;;
        Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-musl ;;
        Darwin/x86_64) echo x86_64-apple-darwin ;;
        Darwin/arm64) echo aarch64-apple-darwin ;;
        # The shell that comes with git.
        MINGW*/x86_64 | MSYS*/x86_64) echo x86_64-pc-windows-msvc ;;
        *) return 1 ;;
    esac
}

fetch() {
    archive=pressroom-$version-$system.tar.gz
    for file in "$archive" SHA256SUMS; do
        curl -fsSL --retry 3 --max-time 300 -o "$scratch/$file" "$releases/v$version/$file" || return 1
    done
}

verify() {
    listed=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$scratch/SHA256SUMS")
    if command -v sha256sum >/dev/null; then
        found=$(sha256sum "$scratch/$archive")
    else
        found=$(shasum -a 256 "$scratch/$archive")
    fi
    [ -n "$listed" ] || fail "SHA256SUMS of v$version does not list $archive; nothing is installed"
    [ "$listed" = "${found%% *}" ] || fail "$archive has the checksum ${found%% *} and not $listed; nothing is installed"
}

# Whole or not at all: another job may run the one that is there.
put() {
    cp "$1" "$folder/.pressroom.new"
    chmod 755 "$folder/.pressroom.new"
    mv -f "$folder/.pressroom.new" "$folder/pressroom$exe"
}

compile() {
    echo "install.sh: the release v$version has nothing for this system, or is out of reach: cargo compiles it" >&2
    command -v cargo >/dev/null || fail "there is no cargo either: install Rust (https://rustup.rs), or a released archive by hand"
    cargo=cargo
    if command -v rustup >/dev/null; then
        rustup toolchain install stable --profile minimal --no-self-update
        cargo='cargo +stable'
    fi
    $cargo install --locked --root "$scratch/made" "pressroom@$version"
    put "$scratch/made/bin/pressroom$exe"
}

main "$@"
