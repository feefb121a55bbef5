# Read by every interactive bash. This file is yours.
case $- in *i*) ;; *) return ;; esac
[ -r /opt/shellpod/bashrc ] && . /opt/shellpod/bashrc

