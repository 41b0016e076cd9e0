# What the subcommands share. Sourced by ./dev; the working folder is the repository's root.

say() { printf 'dev: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# need GROUP…: installs the Debian packages of these groups (packages.txt) that are missing. Quick when none is.
need() {
    command -v dpkg-query >/dev/null || return 0  # no Debian: the configure step names what it misses
    local group wanted=() missing=() package
    for group in "$@"; do
        while read -r -a words; do wanted+=("${words[@]:1}"); done < <(grep "^$group:" tools/dev/packages.txt)
    done
    local present
    present=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' "${wanted[@]}" 2>/dev/null) " || true
    for package in "${wanted[@]}"; do
        [[ $present == *" installed=$package "* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    local as=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "missing Debian packages, and neither root nor sudo to install them: $*"
        as=(sudo -n)
    fi
    say "installing $# Debian package(s): $*"
    mkdir -p build
    local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600)
    # An index that cannot be fetched matters only where a package then cannot be: the second step tells.
    "${apt[@]}" update </dev/null >build/apt.log 2>&1 || true
    if ! "${apt[@]}" install --no-install-recommends "$@" </dev/null >>build/apt.log 2>&1; then
        tail -n 20 build/apt.log >&2
        die "apt-get could not install these packages; the whole output is in build/apt.log"
    fi
}

# need_npm: the packages of npm-packages.txt in build/npm, and node and npm themselves where the machine has none: some 350 Debian
# packages, once. Whatever cannot be had is told, and the tests that want it are skipped.
need_npm() {
    local list=tools/dev/npm-packages.txt packages
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        # Asked only here: a node from elsewhere brings its npm along, and Debian's would stand against it.
        (need npm) || { say "no npm: tests with signatures of npm packages are skipped"; return 0; }
    fi
    ! cmp -s "$list" build/npm/installed.txt || return 0
    command -v npm >/dev/null || { say "no npm: tests with signatures of npm packages are skipped"; return 0; }
    mapfile -t packages < <(grep -v '^#' "$list")
    say "installing ${#packages[@]} package(s) of npm"
    mkdir -p build/npm
    # Authorities that the machine trusts count for node, too; a registry that is not reached is not waited for by the minute.
    local trusted=/etc/ssl/certs/ca-certificates.crt
    [ ! -r "$trusted" ] || local -x NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$trusted}
    if npm install --prefix build/npm --ignore-scripts --no-audit --no-fund --save-exact --fetch-timeout 60000 \
        --fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 5000 "${packages[@]}" </dev/null >build/npm.log 2>&1; then
        cp "$list" build/npm/installed.txt
    else
        say "npm could not install them, tests that want them are skipped; the whole output is in build/npm.log"
    fi
}

# configure PRESET [cmake options]: runs CMake when the folder is new, the presets changed or options are given.
configure() {
    local preset=$1
    shift
    local cache=build/$preset/CMakeCache.txt
    if [ $# -gt 0 ] || [ ! -f "build/$preset/build.ninja" ] || [ CMakePresets.json -nt "$cache" ]; then
        mkdir -p build
        if ! cmake --preset "$preset" "$@" >"build/configure-$preset.log" 2>&1; then
            tail -n 40 "build/configure-$preset.log" >&2
            die "cmake --preset $preset failed; the whole output is in build/configure-$preset.log"
        fi
    fi
}

# compile PRESET [targets]: quiet unless it fails or somebody watches.
compile() {
    local preset=$1
    shift
    if [ -t 1 ]; then
        ninja -C "build/$preset" "$@"
    else
        NINJA_STATUS='[%f/%t] ' ninja -C "build/$preset" --quiet "$@"
    fi
}

# The C++ files of the tree, or with an argument those that differ from that commit. Works without git, too.
cpp_files() {
    if command -v git >/dev/null && git rev-parse --git-dir >/dev/null 2>&1; then
        if [ $# -gt 0 ]; then
            { git diff --name-only --diff-filter=d "$1" -- '*.cpp' '*.hpp' '*.h' '*.c'
              git ls-files --others --exclude-standard -- '*.cpp' '*.hpp' '*.h' '*.c'; } | sort -u
        else
            git ls-files --cached --others --exclude-standard -- '*.cpp' '*.hpp' '*.h' '*.c'
        fi
    else
        find cmake engine plugins sdk tests examples \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' -o -name '*.c' \) 2>/dev/null
    fi | grep -v '^tests/tidy/fixture/' || true
}
