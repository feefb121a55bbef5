/** Rules N3 and N4 once more, from outside: to when a sign of activity keeps a session, at least. The product's own policy is not asked. */
import { Activity } from '@shellpod/protocol/activity.ts';

const minute = 60_000;
const hour = 60 * minute;

/** ms */
export const times = { opened: 10 * minute, permission: 2 * hour, turn: 12 * hour, silent: 3 * hour } as const;

/** What its user has chosen. */
export interface Choice {
	/** ms; null: never */
	limitMs: number | null;
	overrules: Readonly<Record<string, boolean>>;
}

const never = Number.POSITIVE_INFINITY;

export const limitOf = ({ limitMs }: Choice): number => limitMs ?? never;

export const counts = ({ kind, name }: { kind: string; name: string }, { overrules }: Choice): boolean =>
	kind === 'hold' || (overrules[name] ?? kind !== 'server');

/** What an agent says; undefined: nobody could understand it. */
export const readActivity = (text: string): Activity | undefined => {
	try {
		return Activity.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};

/** To when what an agent says at `at` keeps its session whose task was made at `since`. */
export const reachOf = (said: Activity, at: number, since: number, choice: Choice): number => {
	const limit = limitOf(choice);
	const reaches = [Number.NEGATIVE_INFINITY];
	if (said.done && counts(said.done, choice)) reaches.push(at - said.done.agoMs + limit);
	if (said.inputMs !== null && at - said.inputMs >= since) reaches.push(at - said.inputMs + limit);
	for (const one of said.doing) {
		if (!counts(one, choice)) continue;
		if (one.kind === 'permission') reaches.push(at - one.sinceMs + times.permission);
		else if (one.kind === 'turn' ? one.sinceMs < times.turn : one.kind !== 'hold' || (one.leftMs ?? 0) > 0) reaches.push(at + limit);
	}
	return Math.max(...reaches);
};
