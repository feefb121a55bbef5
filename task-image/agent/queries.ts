/**
 * What a fresh tmux client asks its terminal, and what we answer in the terminal's place: what a page would say, and nothing that tmux
 * draws a conclusion from (etc/tmux.conf says what the terminal can do).
 *
 * Pages must not see the questions. Their answers would come back as typed keys, late, maybe to the next tmux client, which has its answers
 * already: tmux 3.3a then types them into the program.
 */
const answers = new Map([
	['\x1b[c', '\x1b[?1;2c'],
	['\x1b[>c', '\x1b[>0;276;0c'],
	['\x1b[>q', '\x1bP>|xterm.js\x1b\\'],
]);
/** how a question that isn't all there yet ends, the longest first */
const beginnings = ['\x1b[>', '\x1b[', '\x1b'];

/** Bytes at a client's beginning among which its questions are; later, the same bytes would be somebody's picture. */
const beginning = 4096;

/** Takes the questions out of a client's output and answers them. */
export const createQueryFilter = (answer: (bytes: Uint8Array) => void) => {
	let seen = 0;
	let held = '';
	return (bytes: Uint8Array): Uint8Array => {
		if (seen >= beginning && held === '') return bytes;
		seen += bytes.length;
		// latin1 keeps each byte a character.
		const text = held + Buffer.from(bytes).toString('latin1');
		// A question may be cut by the end of a read.
		held = (seen < beginning && beginnings.find((part) => text.endsWith(part))) || '';
		let rest = held ? text.slice(0, -held.length) : text;
		for (const [question, ours] of answers) {
			if (!rest.includes(question)) continue;
			rest = rest.replace(question, '');
			answer(Buffer.from(ours, 'latin1'));
		}
		return Buffer.from(rest, 'latin1');
	};
};
