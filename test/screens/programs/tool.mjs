// What a tool for coding does to a terminal: each frame it goes up over what it drew last, draws anew what still changes, and writes above it
// what doesn't. Frames are synchronized updates. `write N`, `think N`, `list N`: N frames; `say A B`: AB, when everything before is done.
import { createInterface } from 'node:readline';

const { stdin, stdout } = process;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** ms between two frames: quicker than any tool, so that a run is short */
const frameMs = 4;
const queue = [];
let drawn = 0;
let typed = '';
let busy = false;

const clip = (text, width) => [...text].slice(0, Math.max(0, width)).join('');
const box = () => {
	const width = Math.max(10, Math.min(stdout.columns ?? 80, 100)) - 2;
	const inner = clip(`> ${typed || 'Ask me'}`, (width - 2) >> 1);
	return [
		`\x1b[38;2;180;120;40m╭${'─'.repeat(width)}╮\x1b[0m`,
		`│ \x1b[1m${inner}\x1b[0m\x1b[${width + 2}G│`,
		`\x1b[38;2;180;120;40m╰${'─'.repeat(width)}╯\x1b[0m`,
	];
};

const draw = (above, live) => {
	const back = drawn > 0 ? `\x1b[${drawn}A\r\x1b[J` : '\r\x1b[J';
	const lines = [...live, ...box()];
	stdout.write(`\x1b[?2026h\x1b[?25l${back}${above.map((line) => `${line}\r\n`).join('')}${lines.map((line) => `${line}\r\n`).join('')}\x1b[?2026l`);
	drawn = lines.length;
};

const run = (line) => {
	const [verb, count, rest = ''] = line.split(' ');
	let frame = 0;
	const step = () => {
		frame += 1;
		if (verb === 'say') {
			draw([`\x1b[32m● ${count}${rest}\x1b[0m`], []);
			return next();
		}
		const done = frame >= Number(count);
		const status = `\x1b[35m${spinner[frame % spinner.length]} ${verb} ${frame}\x1b[0m \x1b[2m(esc to interrupt)\x1b[0m`;
		const above = verb === 'write' && frame % 3 === 0 ? [`\x1b[36m● ${rest} ${clip('line '.repeat(frame), (stdout.columns ?? 80) - 20)}\x1b[0m`] : [];
		const items =
			verb === 'list' ? Array.from({ length: 1 + (frame % 6) }, (_, n) => `  ${n < 3 ? '\x1b[9m☒' : '\x1b[0m☐'} ${rest} ${n}\x1b[0m`) : [];
		draw(above, done ? [] : [status, ...items]);
		if (done) next();
		else setTimeout(step, frameMs);
	};
	step();
};

const next = () => {
	const line = queue.shift();
	busy = line !== undefined;
	if (busy) setTimeout(() => run(line), frameMs);
};

stdin.setRawMode(true);
stdout.on('resize', () => draw([], []));
createInterface({ input: stdin, output: undefined }).on('line', (line) => {
	queue.push(line);
	typed = '';
	if (!busy) next();
});
stdin.on('data', (bytes) => {
	typed = `${typed}${bytes}`.split('\r').at(-1) ?? '';
	if (`${bytes}` === '\x03') process.exit();
	if (!busy) draw([], []);
});
draw([], []);
