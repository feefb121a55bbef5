import type { Screen, ShellPod } from '../shellpod.ts';
import { time } from '../words.ts';

const usualReason = 'Sessions can’t be started for now.';

export const starts = async (
	{ startSwitch, now, by }: ShellPod,
	{ on, reason }: { on?: boolean; reason?: string },
	{ say }: Screen,
): Promise<void> => {
	if (on === true) await startSwitch.turnOn();
	if (on === false) await startSwitch.turnOff({ at: now().toISOString(), by, why: reason ?? usualReason });
	const off = await startSwitch.get();
	if (!off) return say('Starts are on.');
	say(`Starts are off since ${time(new Date(off.at))}, by ${off.by}. Users read: ${off.why}`);
	say('What runs goes on, and comes back by itself after a crash. `disable` stops what a user runs.');
};
