/** What is typed, and when: about 50 words a minute, in bursts of some seconds with pauses to read and think between them. */

export interface Key {
	/** ms from the beginning */
	at: number;
	key: string;
}

const words = 'const result await files read these lines then write them back once more for all return done with it'.split(' ');
/** ms */
const burst = 4_000;
const pause = 5_000;

/** The same every time. */
export const typeFor = (ms: number): Key[] => {
	let state = 11;
	const chance = (): number => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
	const keys: Key[] = [];
	let at = 100;
	let rested = 0;
	for (let word = 0; at < ms; word++) {
		const ending = word % 9 === 8 ? '\r' : ' ';
		for (const key of [...(words[word % words.length] ?? ''), ending]) {
			if (at < ms) keys.push({ at, key });
			at += 140 + chance() * 160;
		}
		if (at - rested < burst) continue;
		at += pause * (0.7 + 0.6 * chance());
		rested = at;
	}
	return keys;
};
