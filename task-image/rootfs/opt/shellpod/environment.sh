# Environment of the session's shells, for any POSIX shell. What people install goes into the Home, so that it is there after a restart;
# caches go to the task's own disk, which is faster and needn't last.
export LANG="${LANG:-C.UTF-8}" COLORTERM=truecolor
export NPM_CONFIG_PREFIX="$HOME/.local"
# Debian's pip asks for a virtual environment before it installs for the user; ~/.local is the user's own here.
export PIP_BREAK_SYSTEM_PACKAGES=1
export XDG_CACHE_HOME=/var/cache/dev NPM_CONFIG_CACHE=/var/cache/dev/npm
case ":$PATH:" in
*":$HOME/.local/bin:"*) ;;
*) export PATH="$HOME/.local/bin:$HOME/.cargo/bin:$HOME/go/bin:$PATH" ;;
esac
