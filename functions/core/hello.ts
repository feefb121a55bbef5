/** What a hello means, decided from the session's record alone. Rules 5 and 13 of a session's life: only the task of the record's own generation runs. */

import type { ErrorCode } from '@shellpod/protocol/errors.ts';
import { Hello } from '@shellpod/protocol/hello.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { commonVersion, versions as ours } from '@shellpod/protocol/version.ts';
import { agentArrived } from './arrival.ts';
import { budgetWatched } from './budget-watch.ts';
import type { Caller } from './callers.ts';
import type { IdleLimits } from './idle-limits.ts';
import { inTrash } from './lifecycle.ts';
import type { AgentLease, SessionRecord } from './record.ts';
import { withRelayed } from './spending.ts';
import { noticed } from './upkeep.ts';

/** Viewers that an agent is told of at once: more than a user may have open, since some end without a word, and few enough for one message. */
export const maxPeers = 32;

/** It makes no sense to go on. */
export interface Refusal {
	refused: ErrorCode;
	message: string;
}

const refuse = (refused: ErrorCode, message: string): Refusal => ({ refused, message });

const strangers = refuse('unsupported_version', 'This page and the session speak different versions. Reload the page, or restart the session.');

const parse = (body: string | undefined): unknown => {
	try {
		return JSON.parse(body ?? '');
	} catch {
		return undefined;
	}
};

/** What an end says: the versions that it speaks, and what an agent tells of its session. */
export type Said = Omit<Hello, 'action'>;

export const readHello = (body: string | undefined): Refusal | Said => {
	const hello = Hello.safeParse(parse(body));
	if (!hello.success) return refuse('invalid_request', 'That is not a hello.');
	const { action: _, ...said } = hello.data;
	return commonVersion(ours, said.versions) === undefined ? strangers : said;
};

/** ms that a lease must gain to be worth a write: one hello a minute is wanted, and an agent that says more of them keeps others from writing the record */
const leastGain = 5_000;

/**
 * `record` is to be written, if it is another, also with a refusal; `renewed` when the agent says hello again on the connection that it has. `base`: what a task that starts
 * now is made of, so that a session that runs with another hears of it.
 */
export const agentHello = (
	record: SessionRecord | undefined,
	caller: Caller,
	connectionId: ConnectionId,
	{ versions, unusedMs, relayed }: Said,
	now: Date,
	base: string,
	idle: IdleLimits,
): (Refusal & { record?: SessionRecord }) | { record: SessionRecord; renewed: boolean } => {
	const leaseUntil = new Date(now.getTime() + relay.leaseMs).toISOString();
	const usedAt = unusedMs === undefined ? undefined : new Date(now.getTime() - unusedMs).toISOString();
	const lease: AgentLease = {
		generation: caller.generation,
		connectionId,
		sender: caller.sender,
		versions,
		leaseUntil,
		...(usedAt !== undefined && { usedAt }),
	};
	const arrived = record && agentArrived(noticed(record, base, now.toISOString()), lease, now, idle);
	if (!arrived) {
		// What the task that ends has relayed since its hello before is its user's all the same (C4); once, so that it keeps nobody from writing.
		const named = record?.agent?.connectionId === connectionId && record.agent.generation === caller.generation;
		const own = named && (record.spending?.heard?.at ?? '') < record.desired.at;
		return { ...refuse('not_running', 'The session does not want this task any more.'), ...(own && { record: withRelayed(record, relayed, now) }) };
	}
	const { agent, phase } = record;
	const renewed = agent?.connectionId === connectionId;
	const fresh = renewed && phase === 'running' && Date.parse(leaseUntil) - Date.parse(agent.leaseUntil) < leastGain;
	return { record: fresh ? record : budgetWatched(withRelayed(arrived, relayed, now), now), renewed };
};

/**
 * The agent that a viewer can reach now, if there is one. `outdated`: the viewer came for a task that is not the session's any more; it must
 * come again with a new ticket, so that input meant for one generation never reaches another.
 */
export const viewerHello = (
	record: SessionRecord | undefined,
	caller: Caller,
	versions: readonly number[],
	now: Date,
): Refusal | { outdated: true } | { agent?: AgentLease } => {
	if (!record || record.desired.state === 'deleted') return refuse('not_found', 'There is no such session any more.');
	if (record.desired.state === 'trashed') return refuse('not_found', inTrash);
	// A page that nobody looks at would ask for the agent for ever.
	if (record.desired.state !== 'running') return refuse('not_running', 'The session is stopped. Start it first.');
	if (record.generation !== caller.generation) return { outdated: true };
	const { agent } = record;
	if (record.phase !== 'running' || agent?.generation !== caller.generation || agent.leaseUntil <= now.toISOString()) return {};
	return commonVersion(agent.versions, versions) === undefined ? strangers : { agent };
};

/** The record with the lease of the agent that was on this connection ended, due at once; undefined when it names another, none, or knows it already. */
export const agentLeft = (record: SessionRecord | undefined, connectionId: ConnectionId, now: Date): SessionRecord | undefined => {
	const { agent } = record ?? {};
	if (!record || agent?.connectionId !== connectionId || agent.left) return undefined;
	const today = now.toISOString();
	return { ...record, agent: { ...agent, leaseUntil: today, left: true }, dueAt: today };
};
