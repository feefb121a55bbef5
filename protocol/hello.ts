/** What every end says first. Apart from `control.ts`: a new connection waits for the function that reads it, and that one sends the answers without their schemas. */
import * as z from 'zod/mini';
import { epoch, patterns } from './ids.ts';

export const versionList = z.array(z.int().check(z.gte(1))).check(z.minLength(1), z.maxLength(16));

/** What an agent has sent and received since it began, in units that the gateway charges for. */
export const Relayed = z.strictObject({
	/** this run of the agent: another one counts anew */
	run: z.pipe(z.string().check(z.regex(patterns.epoch)), z.transform(epoch)),
	units: z.int().check(z.gte(0)),
});
export type Relayed = z.infer<typeof Relayed>;

/**
 * First message on a connection, and again to renew tags and the agent's lease, and to ask for a peer that is gone. `unusedMs`: an agent's, since somebody
 * typed something in its session; absent when nobody has. `relayed`: an agent's too.
 */
export const Hello = z.strictObject({
	action: z.literal('hello'),
	versions: versionList,
	unusedMs: z.optional(z.int().check(z.gte(0))),
	relayed: z.optional(Relayed),
});
export type Hello = z.infer<typeof Hello>;

export const encodeHello = (versions: readonly number[], more: { unusedMs?: number | undefined; relayed?: Relayed | undefined } = {}): string =>
	JSON.stringify({ action: 'hello', versions, ...more });
