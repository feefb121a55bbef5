import type { Screen, ShellPod } from '../shellpod.ts';
import { finish } from '../unfinished.ts';
import { closing, openTerminals } from './closing.ts';

export const signOut = async (pod: ShellPod, { name }: { name: string }, { say }: Screen): Promise<void> => {
	const { people, revocations, by } = pod;
	const { user } = await people.get(name);
	const open = await openTerminals(pod, user);
	await revocations.signOutEverywhere(user, by);
	await finish(`No sign-in of ${name} is good any more`, async () => {
		await people.signOut(name);
		say(`${name} is signed out everywhere, and can sign in again. Sessions go on.`);
		say(await closing(pod, user, open));
	});
};
