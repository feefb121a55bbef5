/**
 * What a fresh tmux client asks its terminal, and which of what it reads then is the answer: one to each question. What comes to a client that has
 * its answer already is typed into the program, as tmux 3.3a does.
 */

/** Attributes of the terminal, primary and secondary, and its name. */
const kinds = [
	{ question: '\x1b[c', answer: '\x1b[?1;2c', begins: '\x1b[?', ends: 'c' },
	{ question: '\x1b[>c', answer: '\x1b[>0;276;0c', begins: '\x1b[>', ends: 'c' },
	{ question: '\x1b[>q', answer: '\x1bP>|a terminal\x1b\\', begins: '\x1bP>|', ends: '\x1b\\' },
] as const;

export const questions = kinds.map(({ question }) => question).join('');

/** What any terminal says to what it is shown, piece by piece. */
export const createAnswering = () => {
	let cut = '';
	return (shown: string): string => {
		const text = cut + shown;
		const last = text.slice(Math.max(0, text.lastIndexOf('\x1b')));
		cut = kinds.some(({ question }) => question !== last && question.startsWith(last)) ? last : '';
		return kinds.flatMap(({ question, answer }) => (text.includes(question) ? [answer] : [])).join('');
	};
};

/** What a client makes of what it reads: gives what is for the program. */
export const createReading = () => {
	const open = new Set(kinds);
	return (bytes: Uint8Array): Uint8Array => {
		let text = Buffer.from(bytes).toString('latin1');
		for (const kind of open) {
			const from = text.indexOf(kind.begins);
			const to = from < 0 ? -1 : text.indexOf(kind.ends, from + kind.begins.length);
			if (to < 0) continue;
			open.delete(kind);
			text = text.slice(0, from) + text.slice(to + kind.ends.length);
		}
		return Buffer.from(text, 'latin1');
	};
};
