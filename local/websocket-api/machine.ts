/**
 * One WebSocket API, without sockets, functions or clocks: upgrades, messages, posts, time and faults in; invocations, frames and answers out.
 * What of it is documented and what assumed stands in ../behaviours/gateway.ts.
 */
import type { Outcome } from '../lambda/machine.ts';
import type { Effect, Input, SocketApi } from './contract.ts';
import { type Connection, createCore, type Pending } from './core.ts';
import { createEndings } from './endings.ts';
import { messageEvent } from './event.ts';
import { createPosts } from './posts.ts';
import { createUpgrades } from './upgrades.ts';

/** ms by which a message may come late to its function, as when an environment starts for it */
const maxLateMs = 300;

export const createSocketMachine = (api: SocketApi) => {
	const core = createCore(api);
	const { connections, pending, faults } = core;
	const { upgrade, authorized, connectAnswered } = createUpgrades(core);
	const ended = createEndings(core);

	const messageAnswered = (id: string, outcome: Outcome, { requestId, answers }: Pending): Effect[] => {
		if (outcome.kind === 'timeout') return core.errorFrame(id, 'Endpoint request timed out', requestId);
		if (outcome.kind !== 'success') return core.errorFrame(id, 'Internal server error', requestId);
		if (!answers) return [];
		const answer = JSON.parse(outcome.payload) as { body?: unknown } | null;
		return typeof answer?.body === 'string' ? core.send(id, answer.body) : [];
	};

	const answered = (token: string, outcome: Outcome, now: number): Effect[] => {
		const waiting = pending.get(token);
		if (!waiting) return [];
		pending.delete(token);
		const connection = connections.get(waiting.connection);
		if (!connection) return [];
		switch (waiting.step) {
			case 'authorizer':
				return authorized(waiting.connection, connection, outcome, waiting.requestId, now);
			case 'connect':
				return connectAnswered(waiting.connection, connection, outcome, waiting.requestId, now);
			case 'message':
				return messageAnswered(waiting.connection, outcome, waiting);
			case 'disconnect':
				return [];
		}
	};

	const message = (id: string, connection: Connection, text: string, now: number): Effect[] => {
		connection.lastActiveAt = now;
		core.meter.message('in', Buffer.byteLength(text));
		const requestId = api.uuid();
		const wanted = api.selection(text);
		const key = wanted !== undefined && !wanted.startsWith('$') && api.routes.has(wanted) ? wanted : '$default';
		const target = api.routes.get(key);
		if (!api.throttles.account.take(now) || target?.bucket?.take(now) === false)
			return faults.choose('A17c', ['frame', 'close']) === 'frame'
				? core.errorFrame(id, 'Too Many Requests', requestId)
				: core.close(id, connection, 1008, 'Too Many Requests');
		if (!target) return core.errorFrame(id, 'Forbidden', requestId);
		if (target.kind === 'mock') return target.answer === undefined ? [] : core.send(id, target.answer);
		const event = messageEvent(api, core.facts(id, connection, key, requestId, now), text);
		const late = faults.happens('reorder') ? faults.between('reorder', 1, maxLateMs) : 0;
		return core.after(late, now, (then) => core.invoke({ ...target, step: 'message', connection: id, requestId, event }, then));
	};

	const tick = (now: number): Effect[] => {
		const effects: Effect[] = [];
		const error = { errorType: 'Timeout', errorMessage: 'Endpoint request timed out' };
		for (const [token, waiting] of pending) if (now >= waiting.deadline) effects.push(...answered(token, { kind: 'timeout', error }, now));
		for (const [id, connection] of connections) {
			if (now - connection.connectedAt >= api.maxConnectionMs) effects.push(...core.close(id, connection, 1001, 'Connection duration exceeded'));
			else if (now - connection.lastActiveAt >= api.idleMs) effects.push(...core.close(id, connection, 1001, 'Going away'));
		}
		return effects;
	};

	const step = (input: Input, now: number): Effect[] => {
		if (input.type === 'tick') return tick(now);
		if (input.type === 'woken') return core.wake(input.token, now);
		if (input.type === 'answered') return answered(input.token, input.outcome, now);
		if (input.type === 'upgrade') return upgrade(input.connection, input.request, now);
		const connection = connections.get(input.connection);
		if (!connection) return [];
		if (input.type === 'closed') return ended(input.connection, connection, input.code, input.reason, now);
		if (connection.phase !== 'open') return [];
		switch (input.type) {
			case 'message':
				if (Buffer.byteLength(input.text) > api.maxMessageBytes) return core.close(input.connection, connection, 1009, 'Message too long');
				return message(input.connection, connection, input.text, now);
			case 'binary':
				return core.close(input.connection, connection, 1003, 'Binary is not supported');
			case 'frame':
				return input.bytes > api.maxFrameBytes ? core.close(input.connection, connection, 1009, 'Frame too long') : [];
		}
	};

	return { step, manage: createPosts(core) };
};

export type SocketMachine = ReturnType<typeof createSocketMachine>;
