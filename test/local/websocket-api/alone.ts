/** The machine of a WebSocket API without sockets and functions, on a clock that the test moves. */
import { accountRate, createBucket } from '../../../local/api-gateway/throttle.ts';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { parseFaults } from '../../../local/faults/parse.ts';
import type { Outcome } from '../../../local/lambda/machine.ts';
import type { Effect, Input, SocketApi } from '../../../local/websocket-api/contract.ts';
import { createSocketMachine } from '../../../local/websocket-api/machine.ts';
import { createSelection } from '../../../local/websocket-api/selection.ts';

export const minute = 60_000;
export const hour = 60 * minute;

let ids = 0;
export const api = (over: Partial<SocketApi> = {}): SocketApi => ({
	id: 'abc',
	stage: 'ws',
	domainName: 'abc.execute-api.us-east-1.amazonaws.com',
	region: 'us-east-1',
	account: '000000000000',
	selection: createSelection('$request.body.action'),
	routes: new Map([
		['$default', { kind: 'function', arn: 'relay', timeoutMs: 29_000, answers: false }],
		['$disconnect', { kind: 'function', arn: 'disconnect', timeoutMs: 29_000, answers: false }],
		['ping', { kind: 'mock', answer: 'pong' }],
	]),
	throttles: { account: createBucket(accountRate), connect: createBucket(accountRate) },
	uuid: () => `id-${++ids}`,
	maxFrameBytes: 32 * 1024,
	maxMessageBytes: 128 * 1024,
	idleMs: 10 * minute,
	maxConnectionMs: 2 * hour,
	...over,
});

/** What `--faults` would let go wrong. */
export const faultsOf = (text: string, seed = 1) => createFaultPlan(seed, parseFaults(text)).of('test');

export const request = {
	method: 'GET',
	target: '/ws?a=1',
	headers: [['User-Agent', 'test']] as [string, string][],
	body: Buffer.alloc(0),
	sourceIp: '127.0.0.1',
};

type Done<Type extends Effect['type']> = Extract<Effect, { type: Type }> & { at: number };

/** Drives a machine: what it wants later comes when `pass` reaches it; functions answer at once unless they are held. */
export const alone = (over: Partial<SocketApi> = {}, options: { outcome?: (arn: string) => Outcome | undefined } = {}) => {
	const machine = createSocketMachine(api(over));
	const done: (Effect & { at: number })[] = [];
	const wakes: { at: number; token: string }[] = [];
	let now = 0;

	const apply = (effects: readonly Effect[]): void => {
		for (const effect of effects) {
			done.push({ ...effect, at: now });
			if (effect.type === 'wake') wakes.push({ at: now + effect.ms, token: effect.token });
			if (effect.type === 'close') step({ type: 'closed', connection: effect.connection, code: effect.code, reason: effect.reason });
			if (effect.type === 'invoke') {
				const outcome = options.outcome ? options.outcome(effect.arn) : ({ kind: 'success', payload: '{"statusCode":200}' } as const);
				if (outcome) step({ type: 'answered', token: effect.token, outcome });
			}
		}
	};
	const step = (input: Input): void => apply(machine.step(input, now));
	const pass = (ms: number): void => {
		const end = now + ms;
		for (;;) {
			const [next] = wakes.sort((a, b) => a.at - b.at);
			if (!next || next.at > end) break;
			wakes.shift();
			now = next.at;
			step({ type: 'woken', token: next.token });
		}
		now = end;
	};
	const world = {
		done,
		pass,
		step,
		now: () => now,
		tick: () => step({ type: 'tick' }),
		open: (connection = 'c') => step({ type: 'upgrade', connection, request }),
		say: (text: string, connection = 'c') => step({ type: 'message', connection, text }),
		manage: (method: string, connection = 'c', text = 'x', buffered = 0) => {
			const managed = machine.manage(method, connection, Buffer.from(text), buffered, now);
			apply(managed.effects);
			return managed;
		},
		of: <Type extends Effect['type']>(type: Type): Done<Type>[] => done.filter((one): one is Done<Type> => one.type === type),
		sent: () => world.of('send').map(({ text }) => text),
		/** functions that were run, by ARN, with their events */
		ran: (arn: string) =>
			world
				.of('invoke')
				.flatMap((one) => (one.arn === arn ? [{ at: one.at, event: one.event as { requestContext: Record<string, unknown>; body?: string } }] : [])),
		closes: () => world.of('close').map(({ code }) => code),
	};
	return world;
};
