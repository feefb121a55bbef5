/** What goes on in a session, as its agent senses it and as people read it: shared by agent, control plane and page. */
import * as z from 'zod/mini';
import { activity as limits } from './activity-limits.ts';

/**
 * What can go on by itself. `turn`: Claude Code works on what it was asked. `permission`: it waits to be allowed something. `job`: a program that
 * was begun from a pane. `server`: one that listens on a port. `hold`: somebody said that the session is not to stop.
 */
export const DoingKind = z.enum(['turn', 'permission', 'job', 'server', 'hold']);
export type DoingKind = z.infer<typeof DoingKind>;

const name = z.string().check(z.maxLength(limits.maxName));
const ms = z.int().check(z.gte(0));

/** An agent's message on the route `activity`: durations only, since its clock is not compared with anybody's. */
export const Activity = z.strictObject({
	action: z.literal('activity'),
	/** the question that it answers */
	answer: z.optional(z.string().check(z.maxLength(limits.maxNonce))),
	/** since somebody typed, pasted or clicked last; null: nobody has since the agent began */
	inputMs: z.nullable(ms),
	/** what goes on now. `name`: a program, or the reason of a hold; `leftMs`: until a hold ends by itself */
	doing: z.array(z.strictObject({ kind: DoingKind, name, sinceMs: ms, leftMs: z.optional(ms) })).check(z.maxLength(limits.maxDoing)),
	/** what a program tells its user */
	notice: z.optional(z.string().check(z.maxLength(limits.maxNotice))),
	/** what went on last, and has ended */
	done: z.optional(z.strictObject({ kind: DoingKind, name, agoMs: ms })),
});
export type Activity = z.infer<typeof Activity>;

/** What sets a session's deadline: its start, something that its user did, or what goes on in it. */
export const SignalKind = z.enum(['start', 'open', 'keep', 'choice', 'input', 'turn', 'permission', 'job', 'server', 'hold']);
export type SignalKind = z.infer<typeof SignalKind>;

const time = z.iso.datetime();

/** How long a session runs while nobody uses it, and why it runs. */
export const Idle = z.object({
	/** minutes without activity after which it is stopped, as its user chose; null: never */
	limitMinutes: z.nullable(z.int()),
	/** when it will be stopped if nothing else happens; null: it won't be */
	stopsAt: z.nullable(time),
	/** the operator lets nothing run for longer without its user: that is what will stop it */
	maximum: z.boolean(),
	/** the last sign of activity */
	last: z.object({ kind: SignalKind, name: z.string(), at: time }),
	/** what goes on, as it was heard last */
	doing: z.array(z.object({ kind: DoingKind, name: z.string(), counts: z.boolean(), since: time, until: z.nullable(time) })),
	/** since when nothing was heard of its agent; null: it is heard */
	silentSince: z.nullable(time),
	/** it was stopped for this: nobody used it, its agent said nothing any more, or the operator's maximum */
	stopped: z.nullable(z.object({ why: z.enum(['idle', 'silent', 'maximum']), at: time })),
});
export type Idle = z.infer<typeof Idle>;

/** Choices of a user, in minutes; null: never. The operator's maximum may leave out the long ones. */
export const idleChoices = [15, 30, 60, 180, 480, null] as const;
