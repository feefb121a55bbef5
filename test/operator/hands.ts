/** Commands as they are typed, and users as the control plane would have written them. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { type ConnectionId, connectionId, sessionId, type UserId } from '@shellpod/protocol/ids.ts';
import { type Command, parseCommandLine } from '../../operator/command-line.ts';
import { Problem } from '../../operator/problem.ts';
import { run } from '../../operator/run.ts';
import type { ShellPod } from '../../operator/shellpod.ts';
import { startingSession } from '../support/sockets.ts';
import { paper, type Served } from './served.ts';

export const ids = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(sessionId);
export const [one, two] = [connectionId('one='), connectionId('two=')];
export const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

const command = (line: string): Exclude<Command, { kind: 'help' }> => {
	const { command: parsed } = parseCommandLine(line.split(' '));
	if (parsed.kind === 'help') throw new Error('help');
	return parsed;
};

export const createHands = (served: Served, pod: ShellPod) => {
	/** Runs a command; gives the lines that it said. */
	const admin = async (line: string, ...answers: string[]): Promise<string[]> => {
		const screen = paper(...answers);
		await run(hands.pod, command(line), screen);
		return screen.lines;
	};
	const hands = {
		/** what commands work with */
		pod,
		admin,

		async problem(line: string, ...answers: string[]): Promise<Problem> {
			const error = await admin(line, ...answers).then(
				() => undefined,
				(thrown: unknown) => thrown,
			);
			if (!(error instanceof Problem)) throw error ?? new Error(`no problem with ${line}`);
			return error;
		},

		async invited(name: string): Promise<UserId> {
			await admin(`invite ${name} --email ${name}@example.com`);
			return (await pod.people.get(name)).user;
		},

		/** Sessions that run, all of them. */
		async withSessions(user: UserId, count: number): Promise<void> {
			const sessions = createSessions(served.table.items);
			for (const id of ids.slice(0, count)) await sessions.create(startingSession({ user, id, name: `of ${id}` }));
		},

		/** Open viewers, as `$connect` writes them; since long enough to be sure that "gone" means gone. */
		async withSockets(user: UserId, signIn: number, ...connections: ConnectionId[]): Promise<void> {
			const access = createAccessRecords(served.table.items);
			const record = await access.get(user);
			const since = new Date(served.now.getTime() - 60_000).toISOString();
			const [session = sessionId('aaaaaaaaaaaa')] = ids;
			const sockets = Object.fromEntries(connections.map((id) => [id, { session, signIn, since }]));
			if (!(await access.put({ ...record, sockets: { ...record.sockets, ...sockets } }))) throw new Error('somebody else wrote');
		},

		async statusOf(name: string): Promise<string> {
			const [text = ''] = await admin('list --json');
			return (JSON.parse(text) as { name: string; status: string }[]).find((line) => line.name === name)?.status ?? 'none';
		},
	};
	return hands;
};

export type Hands = ReturnType<typeof createHands>;
