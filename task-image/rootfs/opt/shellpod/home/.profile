# Read once by every login shell, so by each tmux pane. This file is yours: variables that you export here persist.
[ -n "$BASH_VERSION" ] && [ -r ~/.bashrc ] && . ~/.bashrc

