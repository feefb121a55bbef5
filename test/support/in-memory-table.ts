/** The ports of the table, kept in memory; the contract suite runs against these and against a real DynamoDB-compatible server. */
import type { AccessRecord } from '@shellpod/functions/core/access.ts';
import { shardOf } from '@shellpod/functions/core/keys.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { SlotItem } from '@shellpod/functions/core/slot.ts';
import { noted } from '@shellpod/functions/core/trail.ts';
import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import type { AccessRecords, Leases, Sessions, Slots, StartSwitch, StartsOff, Users } from '@shellpod/functions/ports.ts';

export const createInMemorySessions = (): Sessions & { all(): SessionRecord[] } => {
	const records = new Map<string, SessionRecord>();
	const keyOf = (user: string, id: string) => `${user} ${id}`;
	const isPurge = ({ purge }: SessionRecord) => purge !== undefined && purge.step !== 'empty';
	const dueOf = (wanted: (record: SessionRecord) => boolean, until: string) =>
		[...records.values()]
			.filter(wanted)
			.flatMap(({ user, id, dueAt }) => (dueAt !== undefined && dueAt <= until ? [{ user, id, dueAt }] : []))
			.sort((a, b) => a.dueAt.localeCompare(b.dueAt));
	return {
		all: () => [...records.values()],
		get: async (user, id) => structuredClone(records.get(keyOf(user, id))),
		list: async (user) => structuredClone([...records.values()].filter((record) => record.user === user)),
		async create(record) {
			const key = keyOf(record.user, record.id);
			if (records.has(key)) return undefined;
			const made = { ...noted(record), rev: 1 };
			records.set(key, structuredClone(made));
			return made;
		},
		async put(record) {
			const key = keyOf(record.user, record.id);
			if (records.get(key)?.rev !== record.rev) return undefined;
			const next = { ...noted(record), rev: record.rev + 1 };
			records.set(key, structuredClone(next));
			return next;
		},
		async *due(shard, until) {
			yield* dueOf((record) => !isPurge(record) && shardOf(record.id) === shard, until);
		},
		async *purges(until) {
			yield* dueOf(isPurge, until);
		},
		async remove(record) {
			const key = keyOf(record.user, record.id);
			if (records.has(key) && records.get(key)?.rev !== record.rev) return false;
			records.delete(key);
			return true;
		},
	};
};

export const createInMemoryUsers = (): Users => {
	const users = new Map<string, UserRecord>();
	return {
		get: async (user) => structuredClone(users.get(user)) ?? { user, claims: {}, rev: 0 },
		async put(record) {
			if ((users.get(record.user)?.rev ?? 0) !== record.rev) return false;
			users.set(record.user, structuredClone({ ...record, rev: record.rev + 1 }));
			return true;
		},
	};
};

export const createInMemoryAccessRecords = (): AccessRecords => {
	const records = new Map<string, AccessRecord>();
	return {
		get: async (user) => structuredClone(records.get(user)) ?? { user, rev: 0, signedOut: {}, ended: {}, sockets: {} },
		async put(record) {
			if ((records.get(record.user)?.rev ?? 0) !== record.rev) return false;
			records.set(record.user, structuredClone({ ...record, rev: record.rev + 1 }));
			return true;
		},
		async *due(until) {
			const found = [...records.values()].flatMap(({ user, dueAt }) => (dueAt !== undefined && dueAt <= until ? [{ user, dueAt }] : []));
			yield* found.sort((a, b) => a.dueAt.localeCompare(b.dueAt)).map(({ user }) => user);
		},
	};
};

export const createInMemorySlots = (): Slots => {
	const slots = new Map<number, SlotItem>();
	let next: number | undefined;
	const inState = (state: SlotItem['state'], limit: number) =>
		[...slots.values()]
			.filter((slot) => slot.state === state)
			.sort((a, b) => a.at.localeCompare(b.at))
			.slice(0, limit)
			.map((slot) => slot.uid);
	const replace = (slot: SlotItem, state: SlotItem['state']): boolean => {
		if (slots.get(slot.uid)?.state !== state) return false;
		slots.set(slot.uid, structuredClone(slot));
		return true;
	};
	return {
		get: async (uid) => structuredClone(slots.get(uid)),
		free: async (limit) => inState('free', limit),
		making: async (limit) => inState('making', limit),
		async nextUid(first) {
			const uid = next ?? first;
			next = uid + 1;
			return uid;
		},
		async begin(uid, at) {
			if (slots.has(uid)) return false;
			slots.set(uid, { uid, state: 'making', at });
			return true;
		},
		finish: async (slot, at) => replace({ ...slot, state: 'free', at }, 'making'),
		take: async (slot, takenBy, at) => replace({ ...slot, state: 'taken', at, takenBy }, 'free'),
		taken: async (until, limit) => {
			const open = inState('taken', Number.POSITIVE_INFINITY).filter((uid) => {
				const slot = slots.get(uid);
				return slot?.state === 'taken' && !slot.settled && slot.at <= until;
			});
			return open.slice(0, limit);
		},
		settle: async (slot) => replace({ ...slot, settled: true }, 'taken'),
		giveBack: async ({ takenBy: _, ...slot }, at) => replace({ ...slot, state: 'free', at }, 'taken'),
		async remove(uid) {
			if (slots.get(uid)?.state === 'taken') slots.delete(uid);
		},
	};
};

export const createInMemoryLeases = (): Leases => {
	const held = new Map<string, { holder: string; until: string }>();
	return {
		async take(name, holder, now, until) {
			const current = held.get(name);
			if (current && current.until > now && current.holder !== holder) return false;
			held.set(name, { holder, until });
			return true;
		},
		async release(name, holder) {
			if (held.get(name)?.holder === holder) held.delete(name);
		},
	};
};

export const createInMemoryStartSwitch = (): StartSwitch => {
	let off: StartsOff | undefined;
	return {
		get: async () => structuredClone(off),
		async turnOff(next) {
			off = structuredClone(next);
		},
		async turnOn() {
			off = undefined;
		},
	};
};
