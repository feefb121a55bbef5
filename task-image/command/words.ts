/** What is typed after `shellpod`, read. */
import { activity } from '@shellpod/protocol/activity-limits.ts';

export type Wish =
	| { kind: 'help'; of?: string }
	| { kind: 'status'; json: boolean }
	| { kind: 'hold'; ms: number; reason: string; json: boolean }
	| { kind: 'run'; argv: readonly [string, ...string[]]; reason: string }
	| { kind: 'release'; id?: number; json: boolean }
	| { kind: 'notify'; message: string; json: boolean }
	| { kind: 'completion'; shell: 'bash' | 'zsh' }
	| { kind: 'wrong'; message: string };

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** `90m`, `2h`, `1h30m` in ms; undefined: it is none. */
export const readDuration = (text: string): number | undefined => {
	if (!/^(?:\d+(?:\.\d+)?(?:s|min|m|h))+$/.test(text)) return undefined;
	let ms = 0;
	for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(s|min|m|h)/g)) ms += Number(count) * (units[unit ?? ''] ?? 0);
	return ms >= 1 ? Math.round(ms) : undefined;
};

const wrong = (message: string): Wish => ({ kind: 'wrong', message });

const hold = (words: readonly string[], json: boolean): Wish => {
	const [first, ...rest] = words;
	if (first === undefined) return wrong('hold wants a duration or a command: shellpod hold 2h "migration", shellpod hold -- make test');
	if (first === '--') {
		const [program, ...args] = rest;
		if (program === undefined) return wrong('hold -- wants a command: shellpod hold -- make test');
		return { kind: 'run', argv: [program, ...args], reason: rest.join(' ') };
	}
	const ms = readDuration(first);
	if (ms === undefined) return wrong(`${first} is no duration: write 30m, 2h or 1h30m`);
	return { kind: 'hold', ms, reason: rest.join(' '), json };
};

const notify = (words: readonly string[], json: boolean): Wish => {
	const message = words.join(' ').trim();
	if (message === '') return wrong('notify wants a message: shellpod notify "the tests are done"');
	return message.length > activity.maxNotice
		? wrong(`the message is longer than ${activity.maxNotice} characters`)
		: { kind: 'notify', message, json };
};

const release = (words: readonly string[], json: boolean): Wish => {
	const [id, ...more] = words;
	if (more.length > 0) return wrong('release takes one number, or nothing to release all');
	if (id === undefined) return { kind: 'release', json };
	return /^\d{1,9}$/.test(id) ? { kind: 'release', id: Number(id), json } : wrong(`${id} is no number of a hold; shellpod status shows them`);
};

/** Reads the words. */
export const readWords = (argv: readonly string[]): Wish => {
	const end = argv.indexOf('--');
	const own = end < 0 ? argv : argv.slice(0, end);
	const behind = end < 0 ? [] : argv.slice(end);
	if (own.includes('--help') || own.includes('-h')) return { kind: 'help', ...(own[0] && !own[0].startsWith('-') && { of: own[0] }) };
	const json = own.includes('--json');
	const plain = own.filter((word) => word !== '--json');
	const option = plain.find((word) => word.startsWith('-'));
	if (option !== undefined) return wrong(`there is no option ${option}`);
	const [command, ...words] = plain;
	switch (command) {
		case undefined:
		case 'help':
			return { kind: 'help', ...(words[0] && { of: words[0] }) };
		case 'status':
			return words.length > 0 ? wrong('status takes no words') : { kind: 'status', json };
		case 'hold':
			return hold([...words, ...behind], json);
		case 'notify':
			return notify([...words, ...behind.slice(1)], json);
		case 'release':
			return release(words, json);
		case 'completion': {
			const [shell] = words;
			return shell === 'bash' || shell === 'zsh' ? { kind: 'completion', shell } : wrong('completion wants bash or zsh');
		}
		default:
			return wrong(`there is no command ${command}`);
	}
};
