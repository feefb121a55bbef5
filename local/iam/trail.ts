/** What was judged, each kind of call once: who asked for what, under which condition keys, and why it was refused. One JSON object a line. */
import { appendFileSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './evaluator/keys.ts';

export interface Judged {
	/** ARN of the role, name of the service, or `anonymous` */
	caller: string;
	/** absent with `resource`: nobody knows what the call needs */
	action?: string;
	resource?: string;
	/** condition keys beside those of every call */
	context?: Context;
	/** the message of the refusal; absent: it was allowed */
	refused?: string;
}

export type Note = (call: Judged) => void;

/** lines of a file: some 2 MB, and as many keys in memory; busy stacks write some hundred a day, since ids of connections and tickets differ */
const maxLines = 8_000;

/** Writes `trail.jsonl` in the folder; what an earlier start or a full file left is `trail.1.jsonl`, and what was before that is gone. */
export const createTrail = (folder: string, now: () => Date): Note => {
	const file = join(folder, 'trail.jsonl');
	const known = new Set<string>();
	const begin = (): void => {
		if (existsSync(file)) renameSync(file, join(folder, 'trail.1.jsonl'));
		known.clear();
	};
	begin();
	return ({ caller, action, resource, context, refused }) => {
		const call = JSON.stringify({ caller, action, resource, context, refused });
		if (known.has(call)) return;
		if (known.size >= maxLines) begin();
		known.add(call);
		appendFileSync(file, `{"at":"${now().toISOString()}",${call.slice(1)}\n`, { mode: 0o600 });
	};
};
