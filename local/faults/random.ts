/** Randomness that a seed repeats: a stream per name, so that what one draws doesn't change what another gets. */

export interface Random {
	/** evenly in [0, 1) */
	next(): number;
	/** evenly in [low, high] */
	between(low: number, high: number): number;
}

/** FNV-1a of the name's UTF-16 units, 32 bits. */
const hashOf = (text: string): number => {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	return hash >>> 0;
};

/** mulberry32: small, good enough for faults, the same on every machine. */
export const createRandom = (seed: number, name: string): Random => {
	let state = hashOf(`${seed}/${name}`);
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
	return { next, between: (low, high) => low + next() * (high - low) };
};
