/** What is typed, and when: about 50 words a minute, in bursts of some seconds with pauses to read and think between them. */

export interface Key {
	/** ms from the beginning */
	at: number;
	key: string;
}

const words = 'const result await files read these lines then write them back once more for all return done with it'.split(' ');
/** ms of a burst and the pause after it, and which part of them is typed in */
const cycle = 9_000;
const share = 0.42;

/** The same every time. */
export const typeFor = (ms: number): Key[] => {
	let state = 11;
	const chance = (): number => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
	const keys: Key[] = [];
	let at = 100;
	// As many whole ones as fit: what is measured is what an hour of them would be.
	const length = ms / Math.max(1, Math.round(ms / cycle));
	let begun = 0;
	for (let word = 0; at < ms; word++) {
		const ending = word % 9 === 8 ? '\r' : ' ';
		for (const key of [...(words[word % words.length] ?? ''), ending]) {
			if (at < ms) keys.push({ at, key });
			at += 140 + chance() * 160;
		}
		if (at - begun < share * length) continue;
		begun += length;
		at = begun + 100;
	}
	return keys;
};
