/** What the `shellpod` command asks of the agent, over a Unix socket: one line of JSON each way. */

import { unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { DoingKind, Idle } from '@shellpod/protocol/activity.ts';
import { activity } from '@shellpod/protocol/activity-limits.ts';
import * as z from 'zod/mini';

export const Request = z.discriminatedUnion('do', [
	z.strictObject({ do: z.literal('status') }),
	z.strictObject({
		do: z.literal('hold'),
		reason: z.string().check(z.maxLength(activity.maxName)),
		ms: z.int().check(z.gte(1)),
		/** it ends with this process */
		pid: z.optional(z.int().check(z.gte(2))),
	}),
	z.strictObject({ do: z.literal('notify'), message: z.string().check(z.minLength(1), z.maxLength(activity.maxNotice)) }),
	z.strictObject({ do: z.literal('release'), id: z.optional(z.int()) }),
]);
export type Request = z.infer<typeof Request>;

export const Status = z.object({
	connected: z.boolean(),
	/** what the control plane said last, and ms ago; null: nothing yet */
	told: z.nullable(z.object({ idle: Idle, now: z.iso.datetime(), agoMs: z.number() })),
	doing: z.array(z.object({ kind: DoingKind, name: z.string(), sinceMs: z.number(), leftMs: z.optional(z.number()) })),
	holds: z.array(z.object({ id: z.int(), reason: z.string(), leftMs: z.number() })),
});
export type Status = z.infer<typeof Status>;

export const Answer = z.discriminatedUnion('is', [
	z.object({ is: z.literal('status'), status: Status }),
	z.object({ is: z.literal('held'), id: z.int(), ms: z.number() }),
	z.object({ is: z.literal('released'), count: z.int() }),
	z.object({ is: z.literal('notified') }),
	z.object({ is: z.literal('error'), message: z.string() }),
]);
export type Answer = z.infer<typeof Answer>;

/** bytes of a request */
const longest = 4_096;

const parse = (line: string): Request | undefined => {
	try {
		return Request.parse(JSON.parse(line));
	} catch {
		return undefined;
	}
};

const serve = (socket: Socket, answer: (request: Request) => Promise<Answer>): void => {
	let heard = '';
	const say = (words: Answer): void => void socket.end(`${JSON.stringify(words)}\n`);
	socket.setEncoding('utf8');
	socket.on('error', () => socket.destroy());
	socket.on('data', (text: string) => {
		heard += text;
		const end = heard.indexOf('\n');
		if (end < 0 && heard.length <= longest) return;
		socket.pause();
		const request = end < 0 ? undefined : parse(heard.slice(0, end));
		if (!request) return say({ is: 'error', message: 'The agent does not understand this request; are the command and the agent of one image?' });
		answer(request).then(say, () => say({ is: 'error', message: 'The agent could not answer.' }));
	});
};

/** Listens at a path; a socket that an earlier agent left there is taken over. Rejects when it can't. */
export const listen = async (path: string, answer: (request: Request) => Promise<Answer>): Promise<Server> => {
	await unlink(path).catch(() => undefined);
	const server = createServer((socket) => serve(socket, answer));
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(path, resolve);
	});
	return server;
};
