/** A function that shows what an environment of Lambda is. */
import { randomUUID } from 'node:crypto';

interface Wanted {
	do?: 'wait' | 'leave' | 'hang' | 'big' | 'eat';
	ms?: number;
	/** for `big`: bytes; for `eat`: MB */
	size?: number;
}

/** of this environment */
const environment = randomUUID();
const begun = Date.now();
let running = 0;
let mostAtOnce = 0;
/** ms since 1970 at which what was left behind went on */
let went: number | undefined;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** MB that are held on to, outside of what JavaScript's own limit counts */
const eaten: Buffer[] = [];

export const scratch = async ({ do: wanted, ms = 0, size = 0 }: Wanted): Promise<object> => {
	running += 1;
	mostAtOnce = Math.max(mostAtOnce, running);
	const wentBefore = went;
	const at = Date.now();
	if (wanted === 'wait') await pause(ms);
	if (wanted === 'leave')
		setTimeout(() => {
			went = Date.now();
		}, ms);
	if (wanted === 'hang') await pause(60_000);
	if (wanted === 'eat') for (let megabytes = 0; megabytes < size; megabytes += 8) eaten.push(Buffer.alloc(8 << 20, 1));
	running -= 1;
	return { environment, begun, at, mostAtOnce, went: wentBefore ?? null, ...(wanted === 'big' && { text: 'x'.repeat(size) }) };
};
