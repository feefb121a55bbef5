export const help = `shellpod: says why this session runs, and keeps it running

  shellpod status                     why it runs, and when it would stop
  shellpod hold DURATION [REASON]     don't stop it for so long: 30m, 2h, 1h30m; 12h at most
  shellpod hold -- COMMAND [ARG ...]  run a command, and don't stop the session while it runs
  shellpod release [NUMBER]           end a hold, or all of them
  shellpod notify MESSAGE             tell whoever has a page open, on every device
  shellpod completion bash|zsh        prints a completion script
  shellpod help                       this

  --json                              answers as JSON, for status, hold, release and notify

Exit codes: 0 done, 1 the agent can't be asked or refused, 2 a wrong use. \`hold -- COMMAND\` ends with the command's own code.
`;

const commands = 'status hold release notify completion help';

/** What a shell is told to complete commands by. */
export const completions = {
	bash: `_shellpod() {
	local word="\${COMP_WORDS[COMP_CWORD]}"
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W '${commands}' -- "$word")
		return
	fi
	case "\${COMP_WORDS[1]}" in
	completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh' -- "$word") ;;
	hold)
		if ((COMP_CWORD == 2)); then mapfile -t COMPREPLY < <(compgen -W '30m 1h 2h 4h --' -- "$word")
		elif [[ \${COMP_WORDS[2]} != -- ]]; then return
		elif declare -F _command_offset >/dev/null; then _command_offset 3
		elif ((COMP_CWORD == 3)); then mapfile -t COMPREPLY < <(compgen -c -f -- "$word")
		else mapfile -t COMPREPLY < <(compgen -f -- "$word")
		fi
		;;
	status | release | notify) mapfile -t COMPREPLY < <(compgen -W '--json' -- "$word") ;;
	esac
}
complete -F _shellpod shellpod
`,
	zsh: `#compdef shellpod
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }
_shellpod() {
	if ((CURRENT == 2)); then
		compadd ${commands}
		return
	fi
	case "\${words[2]}" in
	completion) compadd bash zsh ;;
	hold)
		if ((CURRENT == 3)); then compadd -- 30m 1h 2h 4h --
		elif [[ "\${words[3]}" == -- ]]; then
			shift 3 words
			((CURRENT -= 3))
			_normal
		fi
		;;
	status | release | notify) compadd -- --json ;;
	esac
}
compdef _shellpod shellpod
`,
} as const;
