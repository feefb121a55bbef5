/** What RunTask is asked for, and what its answer means for the record. */
import { createHash } from 'node:crypto';
import type { SessionId } from '@shellpod/protocol/ids.ts';
import type { RunAnswer } from '../ports.ts';
import type { Network, SessionRecord, TaskIntent, Time } from './record.ts';

/** ECS makes at most one task of it. 43 characters; ECS takes 64. */
export const clientToken = (session: SessionId, generation: number, attempt: number): string =>
	createHash('sha256').update(`${session}/${generation}/${attempt}`).digest('base64url');

export const newIntent = (record: SessionRecord, attempt: number, now: Time, network: Network, work?: TaskIntent['work']): TaskIntent => ({
	generation: record.generation,
	attempt,
	clientToken: clientToken(record.id, record.generation, attempt),
	definition: record.slot.definition,
	network,
	...(work && { work }),
	requestedAt: now,
	askedAt: now,
});

/** The record after ECS has answered to this intent; the same record when the answer is about an older one, or says nothing. */
export const answered = (record: SessionRecord, intent: TaskIntent, answer: RunAnswer, now: Time): SessionRecord => {
	const { task } = record;
	if (!task || task.clientToken !== intent.clientToken || task.arn !== undefined) return record;
	if (answer.kind === 'made') return { ...record, task: { ...task, arn: answer.arn } };
	if (answer.kind === 'refused' && !task.refused) return { ...record, task: { ...task, refused: { cause: answer.cause, at: now } }, dueAt: now };
	return record;
};
