// Whole screens of 120x39 for the link's bench: `node screens.mjs tui|emoji|colours`. Alone in its file, since it is put into a session's Home.
const { columns = 120, rows = 39 } = process.stdout;
const say = (text) => process.stdout.write(text);

/** As tools for AI show a session: boxes, a diff, a plan, true colour for each thing. */
const tui = () => {
	const colour = (r, g, b) => `\x1b[38;2;${r};${g};${b}m`;
	const dim = colour(136, 136, 136);
	const rule = `${dim}${'─'.repeat(columns)}\x1b[0m`;
	const diff = (line) => {
		const sign = line % 3 === 0 ? '-' : line % 3 === 1 ? '+' : ' ';
		const ground = sign === '-' ? '\x1b[48;2;74;34;29m' : sign === '+' ? '\x1b[48;2;2;40;2m' : '';
		const code = `${colour(198, 120, 221)}const ${colour(224, 108, 117)}value${line}${colour(171, 178, 191)} = ${colour(97, 175, 239)}read${colour(171, 178, 191)}(${colour(152, 195, 121)}'src/module-${line * 37}.ts'${colour(171, 178, 191)}, ${colour(209, 154, 102)}${line * 7919}${colour(171, 178, 191)});`;
		return `  ${ground}${dim}${String(line + 100).padStart(5)} ${sign} ${code}\x1b[K\x1b[0m`;
	};
	const lines = [
		`${colour(215, 119, 87)}╭${'─'.repeat(columns - 2)}╮\x1b[0m`,
		`${colour(215, 119, 87)}│\x1b[0m ✻ \x1b[1mWelcome\x1b[22m${' '.repeat(columns - 13)}${colour(215, 119, 87)}│\x1b[0m`,
		`${colour(215, 119, 87)}╰${'─'.repeat(columns - 2)}╯\x1b[0m`,
		`${colour(78, 186, 101)}⏺\x1b[0m \x1b[1mUpdate\x1b[22m(src/stream/terminal-stream.ts)`,
		`  ⎿  Updated \x1b[1msrc/stream/terminal-stream.ts\x1b[22m with \x1b[1m8\x1b[22m additions and \x1b[1m7\x1b[22m removals`,
		...Array.from({ length: rows - 15 }, (_, line) => diff(line)),
		`${colour(78, 186, 101)}⏺\x1b[0m \x1b[1mPlan\x1b[22m`,
		`  ⎿  ☒ \x1b[9m${dim}read what is there\x1b[0m`,
		'     ☒ write the test first',
		`     ☐ ${colour(177, 185, 249)}\x1b[1mmake it pass\x1b[0m`,
		`${colour(215, 119, 87)}✽ Working… ${dim}(12s · ↑ 2.3k tokens · esc to interrupt)\x1b[0m`,
		rule,
		`\x1b[1m❯\x1b[0m \x1b[7m \x1b[0m`,
		rule,
		`  ${dim}? for shortcuts${' '.repeat(60)}context left: 71%\x1b[0m`,
	];
	say(lines.slice(0, rows).join('\r\n'));
};

/** Wide characters, emoji and combining marks, every line another. */
const emoji = () => {
	const words = ['😀', '🚀', '漢字', 'かな', '한국어', 'é', '🌍', '✅', 'ñandú', '🦀', '🐍', '日本語', 'Ελληνικά', '🎉'];
	const line = (row) => Array.from({ length: 14 }, (_, at) => words[(row * 5 + at * 3) % words.length]).join(' ');
	say(Array.from({ length: rows - 1 }, (_, row) => `${row} ${line(row)}`).join('\r\n'));
};

/** A picture out of half blocks: two colours in every cell, none like its neighbour. The worst that a screen can be. */
const colours = () => {
	const cell = (x, y) => {
		const [r, g, b] = [(x * 255) / columns, (y * 255) / (2 * rows), ((x + y) * 255) / (columns + 2 * rows)].map(Math.round);
		return `${r};${g};${b}`;
	};
	const line = (y) => Array.from({ length: columns }, (_, x) => `\x1b[38;2;${cell(x, 2 * y)};48;2;${cell(x, 2 * y + 1)}m▀`).join('');
	say(Array.from({ length: rows }, (_, y) => `\x1b[${y + 1};1H${line(y)}`).join(''));
};

process.stdin.setRawMode(true);
process.stdin.once('data', () => {
	say('\x1b[0m\x1b[?25h\x1b[?1049l');
	process.exit();
});
say('\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H');
({ tui, emoji, colours })[process.argv[2]]();
