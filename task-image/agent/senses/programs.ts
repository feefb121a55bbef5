/** Which programs are at work by themselves, and which only wait for somebody: by name, since nothing else tells them apart. */

const shells = new Set(['bash', 'sh', 'dash', 'zsh', 'fish', 'ksh', 'mksh', 'tcsh', 'csh', 'nu', 'pwsh', 'su', 'login']);

/** They show something until somebody leaves them, or they serve other programs. */
const waiting = new Set([
	...['less', 'more', 'most', 'man', 'pager', 'bat', 'view', 'tig', 'lazygit', 'mc', 'ranger', 'nnn', 'fzf'],
	...['vi', 'vim', 'nvim', 'nano', 'emacs', 'micro', 'hx', 'helix', 'joe', 'ed', 'pico', 'kak', 'mcedit'],
	...['top', 'htop', 'btop', 'watch', 'tail', 'journalctl', 'dmesg'],
	...['ssh', 'mosh-client', 'telnet', 'screen', 'sudo', 'doas', 'setsid', 'nohup', 'script'],
	...['ssh-agent', 'gpg-agent', 'dbus-daemon', 'dirmngr', 'keyboxd', 'scdaemon'],
]);

/** Without anything to run they ask for it. */
const interpreters = new Set([
	...[
		'python',
		'node',
		'ipython',
		'irb',
		'ruby',
		'ghci',
		'lua',
		'php',
		'R',
		'julia',
		'deno',
		'bun',
		'scala',
		'jshell',
		'iex',
		'erl',
		'octave',
		'gdb',
	],
	...['psql', 'mysql', 'mariadb', 'sqlite3', 'redis-cli', 'mongosh', 'bc', 'dc'],
]);
/** With nothing but these they still ask: those that say how, not what. */
const manner = /^(?:-[aiqBEIOsSu]+|--interactive|--quiet|--inspect(?:-brk|-wait|-port)?(?:=.*)?|--no-warnings|--no-save|--no-banner|repl)$/;
/** Those that a command line always names something to look at, which is not a script. */
const clients = new Set(['psql', 'mysql', 'mariadb', 'sqlite3', 'redis-cli', 'mongosh', 'gdb']);

/** The name of a program, without its path and version: `/usr/bin/python3.11` is `python`. A login shell's begins with a dash. */
export const programOf = (argv: readonly string[], comm: string): string => {
	const base = (argv[0] ?? comm).replace(/^-/, '').split('/').at(-1) ?? comm;
	return base.replace(/(?<=^(?:python|ruby|node|php|lua))[\d.]+$/, '');
};

export const isShell = (program: string): boolean => shells.has(program);

/**
 * Whether it is of those that hold nothing by running. A shell that runs a script counts by what the script runs; an interpreter that is fed
 * (`R --no-save < fit.R`, a heredoc) runs that.
 */
export const isWaiting = (program: string, argv: readonly string[], fed: boolean): boolean => {
	if (isShell(program) || waiting.has(program)) return true;
	// The `shellpod` command of this image: what it runs counts by itself, and its hold by its own word.
	if (program === 'node' && argv[1] === '/opt/shellpod/task-image/command/main.ts') return true;
	if (!interpreters.has(program) || fed) return false;
	return clients.has(program)
		? !argv.some((word) => /^(-c|-e|-f|--command|--execute|--file|--eval|-batch)/.test(word))
		: argv.slice(1).every((word) => manner.test(word));
};

const testRunners = new Set(['vitest', 'jest', 'pytest', 'playwright', 'cypress', 'mocha', 'ava', 'rspec', 'phpunit', 'ctest', 'tox', 'nox']);
const withTestCommand = new Set(['npm', 'pnpm', 'yarn', 'bun', 'deno', 'cargo', 'go', 'dotnet', 'mvn', 'gradle', 'mix', 'make']);

/** Runs tests: it ends by itself, also where what it tests listens on a port. */
export const runsTests = (program: string, argv: readonly string[]): boolean => {
	if (withTestCommand.has(program)) return argv.slice(1, 3).some((word) => /^test(?:$|:)/.test(word));
	if (program === 'node' && argv[1] === '--test') return true;
	const script = interpreters.has(program) ? argv.slice(1).find((word, at, words) => !word.startsWith('-') || words[at - 1] === '-m') : program;
	return testRunners.has(
		script
			?.split('/')
			.at(-1)
			?.replace(/\.[cm]?[jt]s$|\.py$/, '') ?? '',
	);
};

const languageServers = new Set(['gopls', 'rust-analyzer', 'clangd', 'ccls', 'pylsp', 'lua-language-server', 'zls', 'taplo']);

/** A language server: it serves the editor that began it over a pipe, and stays for as long as that is open. */
export const isLanguageServer = (program: string, argv: readonly string[]): boolean =>
	languageServers.has(program) || argv.some((word) => word === '--stdio' || /\/(?:tsserver|typingsInstaller)\.js$/.test(word));

/** Claude Code, which tells of its turns itself. */
export const isClaude = (program: string, argv: readonly string[]): boolean =>
	program === 'claude' ||
	program === 'claude.exe' ||
	(program === 'node' && argv.slice(1, 3).some((word) => /(?:^|\/)claude(?:$|-code\/cli\.m?js$)/.test(word)));

/** characters of a name that people read */
const shown = 60;

/**
 * What to call it: the program and the words that name what it does, never options, addresses or anything that could be a secret: a name is kept
 * and shown.
 */
export const nameOf = (program: string, argv: readonly string[]): string => {
	const words = interpreters.has(program) ? argv.slice(1).map((word) => word.split('/').at(-1) ?? '') : argv.slice(1);
	const said: string[] = [];
	for (const word of words) {
		if (said.length === 2 || !/^[A-Za-z][\w.:-]{0,23}$/.test(word)) break;
		said.push(word);
	}
	if (said.length === 0 && program === 'sleep' && /^\d+[smhd]?$/.test(argv[1] ?? '')) said.push(argv[1] as string);
	return [program, ...said].join(' ').slice(0, shown);
};
