/** What the judge of a stack wrote down: every call of a role, each kind once. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Stack } from './stack.ts';

const Line = z.object({
	/** ARN of the role, name of the service, or `anonymous` */
	caller: z.string(),
	/** `unknown`: nobody knows what the call needs, and it was refused */
	action: z._default(z.string(), 'unknown'),
	resource: z._default(z.string(), '*'),
	context: z._default(z.record(z.string(), z.array(z.string())), {}),
	/** the message of the refusal */
	refused: z.optional(z.string()),
});
export type TrailLine = z.infer<typeof Line>;

/** Since the stack's last start. */
export const readTrail = async ({ state }: Pick<Stack, 'state'>): Promise<TrailLine[]> =>
	(await readFile(join(state, 'iam/trail.jsonl'), 'utf8'))
		.trimEnd()
		.split('\n')
		.map((line) => Line.parse(JSON.parse(line)));

export const refusedIn = (trail: readonly TrailLine[]): string[] =>
	trail.flatMap(({ refused, context }) => (refused === undefined ? [] : [`${refused} ${JSON.stringify(context)}`]));
