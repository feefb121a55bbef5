import { changeUser } from '../change-user.ts';
import { exits, Problem } from '../problem.ts';
import type { Screen, ShellPod } from '../shellpod.ts';
import { finish } from '../unfinished.ts';
import { createUserSessions } from '../user-sessions.ts';
import { count } from '../words.ts';
import { closing, openTerminals } from './closing.ts';

const confirm = async (name: string, { ask, say }: Screen): Promise<void> => {
	say(`This deletes ${name} and all of their sessions. There is no way back; disable keeps everything.`);
	const answer = await ask(`Type the name again to delete ${name}: `);
	if (answer === undefined) throw new Problem('Nobody can be asked here: say --yes if you mean it.', exits.usage);
	if (answer.trim() !== name) throw new Problem('That was another name. Nothing was deleted.');
};

/** From the user pool last: as long as they are there, the command can be run again. */
export const remove = async (pod: ShellPod, { name, yes }: { name: string; yes: boolean }, screen: Screen): Promise<void> => {
	const { people, revocations, users, deployment, by } = pod;
	const { user } = await people.get(name);
	if (!yes) await confirm(name, screen);
	const open = await openTerminals(pod, user);
	await revocations.disable(user, by);
	await finish(`${name} can't get in any more`, async () => {
		await people.signOut(name);
		await people.disable(name);
		const closed = await closing(pod, user, open);
		const deleted = await createUserSessions(pod).removeAll(user, 'The operator deleted the user');
		await changeUser(users, user, (record) => (Object.keys(record.claims).length === 0 ? record : { ...record, claims: {} }));
		await people.remove(name);
		screen.say(`${name} is deleted${deleted === 0 ? '' : `, and ${count(deleted, 'session')} with them; what runs is stopped within a minute`}.`);
		screen.say(closed);
		screen.say(
			deployment.oneMachine
				? `Whoever has the key may take the name again, as a new user with none of this.`
				: `Another user may get the name; they will have none of this.`,
		);
	});
};
