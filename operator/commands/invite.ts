import { invitationDays } from '@shellpod/functions/env.ts';
import { exits, Problem } from '../problem.ts';
import type { Screen, ShellPod } from '../shellpod.ts';
import { time } from '../words.ts';

interface Invitation {
	name: string;
	email?: string;
	again: boolean;
}

/** The key is the invitation: there is nothing to write. */
const onOneMachine = async ({ deployment, people }: ShellPod, name: string, say: Screen['say']): Promise<void> => {
	const known = await people.find(name);
	if (known && !known.enabled) throw new Problem(`${name} is disabled: the command enable lets them in again.`);
	say('On one machine the key is the invitation: nothing was sent, and nothing needs to be made.');
	say(
		`The link that npm start printed has the key. Who opens it at ${deployment.page} and signs in as ${name} is ${name}${known ? '' : ', a new user'}.`,
	);
};

export const invite = async (pod: ShellPod, { name, email, again }: Invitation, { say }: Screen): Promise<void> => {
	if (pod.deployment.oneMachine) return onOneMachine(pod, name, say);
	if (email === undefined && !again) throw new Problem('invite needs --email ADDRESS: the invitation goes there', exits.usage);
	const person = await pod.people.invite(name, email, again);
	const until = new Date(person.changedAt.getTime() + invitationDays * 86_400_000);
	say(
		`${name} is invited${again ? ' again' : ''}. Amazon Cognito mails a temporary password to ${person.email ?? 'their address'}, good until ${time(until)}.`,
	);
	say(`They sign in at ${pod.deployment.page} as ${name} and choose a password of their own.`);
	say(`If no mail comes: look at spam, then send another with \`invite ${name} --again\`.`);
};
