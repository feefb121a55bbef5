/** The end of a connection, whoever closed it, and what becomes of its `$disconnect`: AWS tries to deliver it and promises nothing. */
import type { Effect } from './contract.ts';
import type { Connection, Core } from './core.ts';
import { disconnectEvent } from './event.ts';

export const createEndings = (core: Core) => {
	const { api, connections, faults } = core;

	const told = (id: string, connection: Connection, end: { code: number; reason: string }, now: number): Effect[] => {
		const target = api.routes.get('$disconnect');
		if (!connection.connected || target?.kind !== 'function' || faults.happens('disconnect-lost')) return [];
		const requestId = api.uuid();
		const event = disconnectEvent(api, core.facts(id, connection, '$disconnect', requestId, now), end);
		const invocation = { ...target, step: 'disconnect', connection: id, requestId, event, answers: false } as const;
		const once = (ms: number): Effect[] => core.after(ms, now, (then) => core.invoke(invocation, then));
		const late = faults.happens('disconnect-late') ? faults.spread('disconnect-late', 100, 120_000) : 0;
		const again = faults.happens('disconnect-dup') ? once(late + faults.spread('disconnect-dup', 1, 10_000)) : [];
		return [...once(late), ...again];
	};

	return (id: string, connection: Connection, code: number, reason: string, now: number): Effect[] => {
		const end = (then: number): Effect[] => {
			connections.delete(id);
			return told(id, connection, connection.closed ?? { code, reason }, then);
		};
		if (connection.phase === 'half-open') return [];
		core.meter.closed(id, now);
		if (connection.phase !== 'open' || code !== 1006 || !faults.happens('half-open')) return end(now);
		connection.phase = 'half-open';
		return core.after(faults.spread('half-open', 1_000, 60_000), now, end);
	};
};
