/** Takes a user's rights away for a while, and gives them back. */
import type { Screen, ShellPod } from '../shellpod.ts';
import { finish } from '../unfinished.ts';
import { createUserSessions } from '../user-sessions.ts';
import { count } from '../words.ts';
import { closing, openTerminals } from './closing.ts';

/** The door is shut first, by one write that every function looks at; then the sign-in, then what is inside. */
export const disable = async (pod: ShellPod, { name, reason }: { name: string; reason?: string }, { say }: Screen): Promise<void> => {
	const { people, revocations, by } = pod;
	const { user } = await people.get(name);
	const open = await openTerminals(pod, user);
	await revocations.disable(user, by);
	await finish(`${name} can't get in any more`, async () => {
		// What was signed in stays signed out when the user is enabled again.
		await revocations.signOutEverywhere(user, by);
		await people.signOut(name);
		await people.disable(name);
		const closed = await closing(pod, user, open);
		// Last, so that a start that was under way when the door was shut is there to be seen.
		const why = reason === undefined ? 'The operator stopped it' : `The operator stopped it: ${reason}`;
		const stopped = await createUserSessions(pod).stopAll(user, why);
		say(`${name} is disabled: no sign-in, no access.`);
		say(closed);
		if (stopped > 0) say(`${count(stopped, 'session')} will be stopped within a minute; homes and sessions stay.`);
	});
};

export const enable = async ({ people, revocations }: ShellPod, { name }: { name: string }, { say }: Screen): Promise<void> => {
	const { user } = await people.get(name);
	await people.enable(name);
	await finish(`${name} may sign in`, () => revocations.enable(user));
	say(`${name} is enabled. They sign in again, and start their sessions themselves.`);
};
