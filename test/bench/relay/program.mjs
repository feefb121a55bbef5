// What the relay's bench runs in the terminal: `node program.mjs NAME SECONDS [FILE]`. Alone in its file, since it is put into a session's Home.
// The same every time, but for the clock that it keeps to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [name, seconds, file] = process.argv.slice(2);
const begun = performance.now();
const until = begun + Number(seconds) * 1_000;
const { columns = 80 } = process.stdout;

/** the same numbers in [0, 1) in each run */
let state = 7;
const chance = () => {
	state = (state * 48_271) % 2_147_483_647;
	return state / 2_147_483_647;
};
const write = async (text) => {
	if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};
const at = (ms) => new Promise((done) => setTimeout(done, begun + ms - performance.now()));

/** As tools for AI draw their work: 20 times a second the whole box again, cursor moves and true colour. */
const spinner = async () => {
	const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
	const width = Math.min(columns - 2, 100);
	const colour = (n) => `\x1b[38;2;${(n * 7) % 256};${(n * 13) % 256};${(n * 29) % 256}m`;
	await write('\x1b[?25l');
	for (let frame = 0; performance.now() < until; frame++) {
		const rule = `\x1b[38;2;90;90;90m`;
		const rows = Array.from({ length: 8 }, (_, row) => {
			const text = `step ${row}: reading src/module-${(frame >> 4) + row}.ts`;
			return `${rule}│${colour(row + 1)} ${text.padEnd(width - 1)}${rule}│\x1b[0m\x1b[K\r\n`;
		});
		const title = `${colour(frame)}${frames[frame % frames.length]} Working\x1b[0m frame #${frame} (${(frame / 20).toFixed(1)}s · esc to interrupt)`;
		const box = [`${rule}╭${'─'.repeat(width)}╮\x1b[0m\r\n`, ...rows, `${rule}╰${'─'.repeat(width)}╯\x1b[0m\r\n`];
		await write(`${frame > 0 ? '\x1b[11A' : ''}${title}\x1b[K\r\n${box.join('')}`);
		await at((frame + 1) * 50);
	}
	await write('\x1b[?25h');
};

/** A package install's log: lines that come in bursts, and a bar that is drawn over and over at its end. */
const install = async () => {
	const verbs = ['Get', 'Unpacking', 'Setting up', 'Processing triggers for'];
	let ms = 0;
	for (let line = 0; performance.now() < until; line++) {
		const of = `${verbs[line % verbs.length]}:${line % 97} http://mirror.example/debian bookworm/main amd64 lib${(line * 7_919) % 9_973}-dev ${1 + (line % 9)}.${line % 17}`;
		const bar = '#'.repeat(Math.floor((line % 400) / 10)).padEnd(40, '.');
		await write(
			`\r\x1b[K${of} [${line * 11} kB] (#${line})\r\n\x1b[42;30mProgress: [${String(Math.floor((line % 400) / 4)).padStart(3)}%]\x1b[0m [${bar}] `,
		);
		// Most lines come at once after the one before; a large package takes its time.
		ms += chance() < 0.92 ? 1 + chance() * 8 : 40 + chance() * 120;
		await at(ms);
	}
};

/** `yes` while nobody looks closely, `cat` of a large file, and `yes` again until the end. */
const flood = async () => {
	const run = async (command, args, ms) => {
		const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
		const stop = setTimeout(() => child.kill('SIGKILL'), Math.max(0, ms));
		await once(child, 'exit');
		clearTimeout(stop);
	};
	await run('yes', ['the same again and again'], Math.min(8_000, Number(seconds) * 300));
	await run('cat', [file], until - performance.now());
	if (performance.now() < until) await run('yes', ['after the file'], until - performance.now());
};

/** Hands over each key until the time is over. */
const eachKey = async (press) => {
	process.stdin.setRawMode(true);
	process.stdin.on('data', (bytes) => {
		for (const key of bytes.toString()) press(key);
	});
	await at(until - begun);
	process.stdin.pause();
};

/** A full-screen editor: each key changes its line and the status line. */
const editor = async () => {
	let typed = 0;
	let line = '';
	let row = 1;
	const status = () => `\x1b[${process.stdout.rows};1H\x1b[7m-- INSERT -- #${typed}\x1b[0m\x1b[K`;
	await write(`\x1b[?1049h\x1b[2J${status()}\x1b[1;1H`);
	await eachKey((key) => {
		typed++;
		if (key === '\r') {
			row = (row % 20) + 1;
			line = '';
		} else line += key;
		const words = line.replaceAll(/\b(const|return|await)\b/g, '\x1b[35m$1\x1b[39m');
		process.stdout.write(`\x1b[?25l\x1b[${row};1H${words}\x1b[K${status()}\x1b[${row};${line.length + 1}H\x1b[?25h`);
	});
	await write('\x1b[?1049l');
};

/** A line editor: each key is echoed. */
const typing = async () => {
	let typed = 0;
	await write('> ');
	await eachKey((key) => {
		typed++;
		process.stdout.write(key === '\r' ? `\r\n#${typed}\r\n> ` : key);
	});
};

await { spinner, install, flood, editor, typing }[name]();
process.stdout.write('\r\nthe end of it\r\n', () => process.exit());
