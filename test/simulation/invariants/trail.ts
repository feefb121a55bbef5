/** Rule 17: every transition that was committed has exactly one event: noted by the write that made it, and kept from then on, in the record or as an item. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Moved, TrailEvent } from '@shellpod/functions/core/trail.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface TrailWatch {
	changed(by: string, before: Item | undefined, after: Item | undefined): void;
	/** Whether each event of these sessions has its item, which it has within minutes of its transition. */
	settle(sessions: readonly SessionRecord[]): void;
}

const isSession = (item: Item | undefined): boolean => typeof item?.sk === 'string' && item.sk.startsWith('SESSION#');
const sessionOfTrail = (item: Item): string | undefined => /^TRAIL#(.+)$/.exec(String(item.pk))?.[1];
const movedOf = (item: Item | undefined): Moved | undefined => {
	const event = item?.event as TrailEvent | undefined;
	return event?.kind === 'moved' ? event : undefined;
};

const isTransition = (before: SessionRecord | undefined, after: SessionRecord): boolean =>
	before?.phase !== after.phase ||
	before.generation !== after.generation ||
	before.desired.state !== after.desired.state ||
	before.desired.at !== after.desired.at;

/** What was said of a session without moving it: of an update, of its user's budget. */
const wordsOf = (record: SessionRecord | undefined) => ({ update: record?.upkeep?.told, budget: record?.spending?.budget?.told });
type Words = ReturnType<typeof wordsOf>;

export const createTrailWatch = (kernel: Kernel): TrailWatch => {
	/** by session and rev: what a write noted */
	const noted = new Map<string, Map<number, Moved>>();
	/** by session and rev: where its item stands */
	const items = new Map<string, Map<number, string>>();
	/** by session: words that no write has noted yet */
	const owed = new Map<string, Words>();
	const of = <T>(map: Map<string, Map<number, T>>, session: string): Map<number, T> => {
		const known = map.get(session) ?? new Map<number, T>();
		map.set(session, known);
		return known;
	};
	const broken = (words: string): void => kernel.violated('rule 17', words);

	/** The newest of each: a word that is overtaken is not said any more. */
	const owedBy = (before: SessionRecord | undefined, after: SessionRecord): Words => {
		const [old, known, words] = [wordsOf(before), owed.get(after.id), wordsOf(after)];
		const left = <K extends keyof Words>(kind: K): Words[K] | undefined =>
			words[kind]?.at !== old[kind]?.at || known?.[kind] ? words[kind] : undefined;
		const unsaid = { update: left('update'), budget: left('budget') };
		owed.set(after.id, unsaid);
		return unsaid;
	};

	const written = (by: string, before: SessionRecord | undefined, after: SessionRecord): void => {
		const { id, rev, phase, generation, desired } = after;
		const pending = after.trail?.pending ?? [];
		const fresh = pending.filter((event) => event.rev === rev);
		const moves = isTransition(before, after);
		const unsaid = owedBy(before, after);
		const [word] = Object.values(unsaid).filter((one) => one !== undefined);
		const expected = moves || word ? 1 : 0;
		if (!moves && word) {
			if (fresh[0] && fresh[0].of === undefined && fresh[0].why !== word.why)
				broken(`${id} rev ${rev} by ${by} notes "${fresh[0].why}", and not "${word.why}"`);
			owed.set(id, unsaid.update ? { ...unsaid, update: undefined } : { update: undefined, budget: undefined });
		}
		if (fresh.length !== expected) broken(`${id} rev ${rev} by ${by} notes ${fresh.length} events, and made ${expected} transitions`);
		for (const event of fresh) {
			const told = `${event.to} ${event.generation} ${event.wanted}`;
			if (told !== `${phase} ${generation} ${desired.state}`)
				broken(`${id} rev ${rev} by ${by} notes ${told}, and is ${phase} ${generation} ${desired.state}`);
			if (event.of === undefined && event.from !== before?.phase)
				broken(`${id} rev ${rev} notes that it was ${event.from}, and it was ${before?.phase}`);
			of(noted, id).set(rev, event);
		}
		const joined = pending.some((event) => (event.of ?? 1) > 1);
		const purged = after.purge !== undefined && after.purge.step !== 'empty';
		if (joined || purged) return;
		const kept = new Set(pending.map((event) => event.rev));
		for (const event of before?.trail?.pending ?? [])
			if (!kept.has(event.rev) && !of(items, id).has(event.rev))
				broken(`${id} rev ${rev} by ${by} forgets the event of rev ${event.rev}, which has no item`);
	};

	const item = (by: string, session: string, place: string, event: Moved): void => {
		const source = of(noted, session).get(event.rev);
		if (!source) {
			broken(`${by} writes down a transition of ${session} that nobody made: rev ${event.rev}`);
			return;
		}
		if (event.of === undefined && JSON.stringify(source) !== JSON.stringify(event))
			broken(`${by} writes down rev ${event.rev} of ${session} as it was not`);
		const other = of(items, session).get(event.rev);
		if (other !== undefined && other !== place) broken(`rev ${event.rev} of ${session} has two events: ${other} and ${place}`);
		of(items, session).set(event.rev, place);
	};

	return {
		changed: (by, before, after) => {
			if (after && isSession(after)) written(by, before?.record as SessionRecord | undefined, after.record as SessionRecord);
			const session = sessionOfTrail(after ?? before ?? {});
			if (session === undefined) return;
			const event = movedOf(after);
			if (event) item(by, session, String(after?.sk), event);
			else if (!after && movedOf(before) && !by.startsWith('purge#')) broken(`${by} removes an event of ${session}`);
		},
		settle: (sessions) => {
			for (const { id, trail, purge } of sessions) {
				if (purge && purge.step !== 'empty') continue;
				if (trail && trail.pending.length > 0) broken(`${id} has ${trail.pending.length} events that nobody writes down`);
				for (const word of Object.values(owed.get(id) ?? {})) if (word) broken(`nobody noted of ${id}: ${word.why}`);
				for (const [rev, event] of of(noted, id)) {
					const within = [...of(noted, id).values()].some((later) => later.rev >= rev && (later.of ?? 1) > 1);
					if (!of(items, id).has(rev) && !within) broken(`the transition of ${id} to ${event.to}, rev ${rev}, has no event`);
				}
			}
		},
	};
};
