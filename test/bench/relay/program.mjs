// What the relay's bench runs in the terminal: `node program.mjs NAME WARM-UP SECONDS ENDS [FILE]`. Alone in its file, since it is put into a
// session's Home. It works for warm-up and seconds, and then a moment more, ENDS times, each time after a rest in which it prints nothing.
// The same every time, but for the clock that it keeps to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [name, warmUp, seconds, ends, file] = process.argv.slice(2);
const { columns = 80 } = process.stdout;
/** ms of a moment more, and of the rest before it */
const more = { work: 900, rest: 900 };

let begun = performance.now();
let until = begun + (Number(warmUp) + Number(seconds)) * 1_000;

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

let frame = 0;
/** As tools for AI draw their work: 20 times a second the whole box again, cursor moves and true colour. */
const spinner = async () => {
	const frames = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
	const width = Math.min(columns - 2, 100);
	const colour = (n) => `\x1b[38;2;${(n * 7) % 256};${(n * 13) % 256};${(n * 29) % 256}m`;
	await write('\x1b[?25l');
	for (let next = 50; performance.now() < until; next += 50) {
		const rule = `\x1b[38;2;90;90;90m`;
		const rows = Array.from({ length: 8 }, (_, row) => {
			const text = `step ${row}: reading src/module-${(frame >> 4) + row}.ts`;
			return `${rule}│${colour(row + 1)} ${text.padEnd(width - 1)}${rule}│\x1b[0m\x1b[K\r\n`;
		});
		const title = `${colour(frame)}${frames[frame % frames.length]} Working\x1b[0m frame #${frame} (${(frame / 20).toFixed(1)}s · esc to interrupt)`;
		const box = [`${rule}╭${'─'.repeat(width)}╮\x1b[0m\r\n`, ...rows, `${rule}╰${'─'.repeat(width)}╯\x1b[0m\r\n`];
		await write(`${frame > 0 ? '\x1b[11A' : ''}${title}\x1b[K\r\n${box.join('')}`);
		frame++;
		await at(next);
	}
	await write('\x1b[?25h');
};

let line = 0;
/** A package install's log: lines that come in bursts, and a bar that is drawn over and over at its end. */
const install = async () => {
	const verbs = ['Get', 'Unpacking', 'Setting up', 'Processing triggers for'];
	for (let ms = 0; performance.now() < until; line++) {
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

let shown = false;
let yeses = 0;
/** `yes` for a third, `cat` of a large file, and `yes` again until the end; each yes says now and then something else, so that its age shows. */
const flood = async () => {
	const run = async (command, args, ms) => {
		const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
		const stop = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), Math.max(0, ms));
		await once(child, 'exit');
		clearTimeout(stop);
	};
	const yes = async (ms) => {
		if (ms <= 0) return;
		const part = `${shown ? 2 : 0}.${++yeses}`;
		await run('bash', ['-c', `while :; do n=$((n+1)); yes "again ${part}.$n the same again and again" | head -n 3000; done`], ms);
	};
	if (!shown) {
		await yes(Number(warmUp) * 1_000 + Number(seconds) * 300);
		shown = true;
		await run('cat', [file], until - performance.now());
	}
	await yes(until - performance.now());
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
	let text = '';
	let row = 1;
	const status = () => `\x1b[${process.stdout.rows};1H\x1b[7m-- INSERT -- #${typed}\x1b[0m\x1b[K`;
	await write(`\x1b[?1049h\x1b[2J${status()}\x1b[1;1H`);
	await eachKey((key) => {
		typed++;
		if (key === '\r') {
			row = (row % 20) + 1;
			text = '';
		} else text += key;
		const coloured = text.replaceAll(/\b(const|return|await)\b/g, '\x1b[35m$1\x1b[39m');
		process.stdout.write(`\x1b[?25l\x1b[${row};1H${coloured}\x1b[K${status()}\x1b[${row};${text.length + 1}H\x1b[?25h`);
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

const work = { spinner, install, flood, editor, typing }[name];
await work();
for (let end = 0; end < Number(ends); end++) {
	await at(performance.now() - begun + more.rest);
	begun = performance.now();
	until = begun + more.work;
	await work();
}
process.stdout.write('\r\nthe end of it\r\n', () => process.exit());
