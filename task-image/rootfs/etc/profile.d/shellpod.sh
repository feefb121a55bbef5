# Only in a session: on a machine where these files are merely installed, other users keep their own.
[ "$HOME" = /home/dev ] && . /opt/shellpod/environment.sh
