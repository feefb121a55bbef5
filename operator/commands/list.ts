import type { AccessRecord } from '@shellpod/functions/core/access.ts';
import { invitationDays } from '@shellpod/functions/env.ts';
import type { Person } from '../people.ts';
import type { Screen, ShellPod } from '../shellpod.ts';
import { isAlive, isRunning } from '../user-sessions.ts';
import { columns, time } from '../words.ts';

type Status = 'active' | 'invited' | 'invitation expired' | 'disabled' | 'half disabled';

interface Line {
	name: string;
	/** the `sub` of their tokens, by which the table knows them */
	user: string;
	email: string | null;
	status: Status;
	sessions: { running: number; all: number };
	/** open terminals */
	sockets: number;
	/** the last that the control plane heard of: of terminals that are open, and of sign-ins that were ended */
	lastSignIn: string | null;
}

/** users that are looked up at once */
const together = 8;

const statusOf = ({ enabled, invited, changedAt }: Person, { disabled }: AccessRecord, now: Date): Status => {
	if (enabled === (disabled !== undefined)) return 'half disabled';
	if (!enabled) return 'disabled';
	if (!invited) return 'active';
	return now.getTime() - changedAt.getTime() < invitationDays * 86_400_000 ? 'invited' : 'invitation expired';
};

const lastSignIn = ({ sockets, signedOut }: AccessRecord): string | null => {
	const known = [...Object.values(sockets).map(({ signIn }) => signIn), ...Object.keys(signedOut).map(Number)];
	return known.length === 0 ? null : new Date(Math.max(...known) * 1000).toISOString();
};

const lineOf = async ({ sessions, access, now }: ShellPod, person: Person): Promise<Line> => {
	const [records, record] = await Promise.all([sessions.list(person.user), access.get(person.user)]);
	return {
		name: person.name,
		user: person.user,
		email: person.email ?? null,
		status: statusOf(person, record, now()),
		sessions: { running: records.filter(isRunning).length, all: records.filter(isAlive).length },
		sockets: Object.keys(record.sockets).length,
		lastSignIn: lastSignIn(record),
	};
};

export const list = async (pod: ShellPod, { json }: { json: boolean }, { say }: Screen): Promise<void> => {
	const waiting = await pod.people.list();
	const lines: Line[] = [];
	for (let at = 0; at < waiting.length; at += together)
		lines.push(...(await Promise.all(waiting.slice(at, at + together).map((person) => lineOf(pod, person)))));
	if (json) return say(JSON.stringify(lines, null, '\t'));
	if (lines.length === 0) return say('There are no users yet. The command invite makes one.');
	const rows = lines.map(({ name, status, sessions, sockets, lastSignIn: last }) => [
		name,
		status,
		`${sessions.running}/${sessions.all}`,
		String(sockets),
		last === null ? '-' : time(new Date(last)),
	]);
	for (const line of columns([['NAME', 'STATUS', 'SESSIONS', 'TERMINALS', 'LAST SIGN-IN KNOWN'], ...rows])) say(line);
	if (lines.some(({ status }) => status === 'half disabled'))
		say('half disabled: a disable or enable was cut off, or the user pool was changed by hand. Run disable or enable again.');
};
