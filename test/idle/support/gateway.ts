/** The gateway and the functions behind its routes, with their stores in memory: who comes with a ticket is let in, what is sent on a connection reaches a handler, what is posted to it its end. */
import { createActivities } from '@shellpod/functions/core/activities.ts';
import type { Caller } from '@shellpod/functions/core/callers.ts';
import { createFarewells } from '@shellpod/functions/core/farewells.ts';
import { createIntroductions } from '@shellpod/functions/core/introductions.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import { ping, pong } from '@shellpod/protocol/control.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { offeredTicket } from '@shellpod/protocol/version.ts';
import type { SocketEvents } from '@shellpod/task-image/agent/socket.ts';
import { type createHttpApi, pageOrigin } from '../../support/http-api.ts';
import { base, idle } from '../../support/session-records.ts';
import { connection, memoryKeys, noMeter } from '../../support/sockets.ts';
import type { Time } from './time.ts';

export interface Line {
	who: Caller;
	id: ConnectionId;
	send(text: string): void;
	/** The gateway notices. */
	end(): void;
	/** Nobody notices: the cable is out. */
	vanish(): void;
}

/** Gives what connects an end, undefined to what is refused. */
export const createGateway = ({ clock: { now }, ...api }: ReturnType<typeof createHttpApi>, time: Time) => {
	const { sessions, connections, cuts, access, gateway, tickets } = api;
	const lines = new Map<ConnectionId, SocketEvents>();
	gateway.post = async (to, text) => {
		const line = lines.get(to);
		if (!line) return 'gone';
		time.clock.soon(() => line.text(text));
		return 'sent';
	};
	gateway.close = async (to) => {
		const line = lines.get(to);
		lines.delete(to);
		if (line) time.clock.soon(() => line.close(1000, ''));
		return line ? 'closed' : 'gone';
	};
	const keys = createRelayKeys({ store: memoryKeys(), now, random: (bytes) => new Uint8Array(bytes).fill(9) });
	const noteVisit = async (): Promise<void> => undefined;
	const introductions = createIntroductions({ sessions, connections, cuts, access, gateway, keys, base, noteVisit, idle, now });
	const relay = createRelay({ keys, gateway, meter: noMeter, now });
	const activities = createActivities({ sessions, gateway, limits: idle, now });
	const farewell = createFarewells({ sessions, connections, access, noteVisit, now });
	const arrives = async (id: ConnectionId, who: Caller, text: string): Promise<void> => {
		if (text === ping) return void (await gateway.post(id, pong));
		const { action } = text.startsWith('{') ? JSON.parse(text) : { action: undefined };
		if (action === 'hello') return introductions.hello(id, who, text);
		if (action !== 'activity') return void (await relay(id, who, text));
		await activities(id, who, text);
	};
	const viewers = createViewers({ access, gateway, now });
	/** What the authorizer and `$connect` make of a ticket. */
	const letIn = async (id: ConnectionId, { protocols }: { protocols: readonly string[] }): Promise<Caller | undefined> => {
		const caller = await tickets.redeem(offeredTicket(protocols.join(',')) ?? '', pageOrigin);
		if (!caller || caller.role === 'watcher' || (await cuts.until(caller, now())) !== undefined) return undefined;
		if (caller.role === 'agent') return caller;
		if ((await viewers.comes(id, caller)) !== 'admitted') return undefined;
		await connections.put({ id, ...caller }, now());
		return caller;
	};
	let connected = 0;
	return async (name: string, ticket: { protocols: readonly string[] }, events: SocketEvents): Promise<Line | undefined> => {
		const id = connection(`${name}${++connected}`);
		const who = await letIn(id, ticket);
		if (!who) return undefined;
		lines.set(id, events);
		return {
			who,
			id,
			send: (text: string): void => void time.during(arrives(id, who, text)),
			end(): void {
				if (lines.delete(id)) void time.during(farewell(id, who));
			},
			vanish: (): void => void lines.delete(id),
		};
	};
};
