import type { Screen, ShellPod } from '../shellpod.ts';
import { finish } from '../unfinished.ts';
import { closing, openTerminals } from './closing.ts';

export const signOut = async (pod: ShellPod, { name }: { name: string }, { say }: Screen): Promise<void> => {
	const { people, revocations, now, wait, by } = pod;
	const { user } = await people.get(name);
	const open = await openTerminals(pod, user);
	await revocations.signOutEverywhere(user, by);
	await finish(`No sign-in of ${name} is good any more`, async () => {
		await people.signOut(name);
		// Sign-ins are told apart by the second: who comes back within this one would be signed out with the rest.
		await wait(1000 - now().getUTCMilliseconds());
		say(`${name} is signed out everywhere, and can sign in again. Sessions go on.`);
		say(await closing(pod, user, open));
	});
};
