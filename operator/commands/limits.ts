import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import { changeUser } from '../change-user.ts';
import type { LimitChanges } from '../command-line.ts';
import type { Screen, ShellPod } from '../shellpod.ts';
import { columns } from '../words.ts';

interface Wanted {
	name: string;
	changes: LimitChanges;
	toDefault: boolean;
}

const words = { sessions: 'sessions', startsPerHour: 'starts per hour', createsPerDay: 'new sessions per day' } as const;
type Limit = keyof typeof words;

const changed = (record: UserRecord, { changes, toDefault }: Wanted): UserRecord => {
	const { limits, ...rest } = record;
	if (toDefault) return limits ? rest : record;
	return Object.keys(changes).length === 0 ? record : { ...record, limits: { ...limits, ...changes } };
};

export const limits = async ({ people, users, deployment }: ShellPod, wanted: Wanted, { say }: Screen): Promise<void> => {
	const { user } = await people.get(wanted.name);
	const { limits: own = {} } = await changeUser(users, user, (record) => changed(record, wanted));
	const rows = (Object.keys(words) as Limit[]).map((limit) => {
		const everybodys = deployment.limits[limit];
		return own[limit] === undefined
			? [words[limit], String(everybodys), 'as everybody']
			: [words[limit], String(own[limit]), `set for ${wanted.name}; everybody has ${everybodys}`];
	});
	for (const line of columns(rows)) say(line);
};
