/**
 * The pace that an end keeps in what it sends to one peer, so that it can't be taken for a flood (`flood` in limits.ts): a bucket of tokens.
 * It only ever delays what gathers meanwhile: output, input and acknowledgements; what must be said takes its token on credit.
 */
import { pace as limits } from './limits.ts';

export interface Pace {
	/** ms until a message may go */
	wait(): number;
	/** A message with so many bytes in it goes. */
	spend(bytes: number): void;
}

/** `now`: ms on any clock that goes on. */
export const createPace = (now: () => number): Pace => {
	let tokens: number = limits.burst;
	let at = now();
	const refill = () => {
		tokens = Math.min(limits.burst, tokens + ((now() - at) / 1_000) * limits.perSecond);
		at = now();
	};
	return {
		wait: () => {
			refill();
			// What is missing after the wait that was told is a rounding error.
			return tokens > 1 - 1e-6 ? 0 : Math.ceil(((1 - tokens) / limits.perSecond) * 1_000);
		},
		spend: (bytes) => {
			refill();
			tokens -= 1 + Math.floor(bytes / limits.tokenBytes);
		},
	};
};
