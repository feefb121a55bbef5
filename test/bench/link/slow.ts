/** What a slow and far link makes of a terminal that is flooded, and of one that is cut off for a while. */
import { setTimeout as pause } from 'node:timers/promises';
import type { SlowLink } from '../../support/slow-link.ts';
import { type FarPage, prompt } from './browser.ts';

const floodMs = 3_000;
const dropMs = 5_000;
/** ms of a drop after which its user types */
const typedAfter = 1_500;
/** ms in which what is still under way arrives */
const settleMs = 1_000;

/** ms from Ctrl-C, after 3 s of `yes`, to the prompt. */
export const interrupt = async (far: FarPage): Promise<number> => {
	await far.type('clear; yes\n');
	await pause(floodMs);
	const shown = far.shows(prompt);
	const pressed = await far.press('Control+c');
	return (await shown) - pressed;
};

/** Shows a file; what that costs on the wire, and how long it takes. */
export const show = async (far: FarPage, link: SlowLink, file: string): Promise<{ bytes: number; ms: number }> => {
	await far.type(`clear; cat ${file}; echo shown-$((1+1))`);
	await pause(settleMs);
	const before = link.bytes;
	const pressed = await far.press('Enter');
	const shown = await far.shows(/^shown-2\n.*[$#]$/m);
	await pause(settleMs);
	return { bytes: link.bytes - before, ms: shown - pressed };
};

/**
 * `silent`: packets are lost. `cut`: connections are reset and new ones refused. `offline`: and the browser knows that there is no network, and
 * that it is back, as with an interface that goes away.
 */
export type Drop = 'silent' | 'cut' | 'offline';

let dropped = 0;
/** ms from a link's return until a line that was typed while it was gone has run. */
export const drop = async (far: FarPage, link: SlowLink, how: Drop): Promise<number> => {
	const { devTools } = far;
	const offline = (is: boolean) =>
		devTools.send('Network.emulateNetworkConditions', { offline: is, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
	const mark = 1_000 + dropped++;
	await devTools.send('Network.enable');
	link.drop(how === 'silent' ? 'silent' : 'cut');
	if (how === 'offline') await offline(true);
	const until = Date.now() + dropMs;
	await pause(typedAfter);
	const ran = far.shows(new RegExp(`^back-${mark}$`, 'm'));
	await far.type(`echo back-$((${mark}+0))\n`);
	await pause(until - Date.now());
	link.restore();
	const back = performance.timeOrigin + performance.now();
	if (how === 'offline') await offline(false);
	const ms = (await ran) - back;
	// Counts as settled then: the next drop meets a page at rest.
	await pause(settleMs + dropMs);
	return ms;
};
