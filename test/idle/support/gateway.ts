/** The gateway and the functions behind its routes, with their stores in memory: what is sent on a connection reaches a handler, what is posted to it its end. */
import { createActivities } from '@shellpod/functions/core/activities.ts';
import type { Caller } from '@shellpod/functions/core/callers.ts';
import { createFarewells } from '@shellpod/functions/core/farewells.ts';
import { createIntroductions } from '@shellpod/functions/core/introductions.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { ping, pong } from '@shellpod/protocol/control.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import type { SocketEvents } from '@shellpod/task-image/agent/socket.ts';
import type { createHttpApi } from '../../support/http-api.ts';
import { base, idle } from '../../support/session-records.ts';
import { connection, memoryKeys, noMeter } from '../../support/sockets.ts';
import type { Time } from './time.ts';

export interface Line {
	id: ConnectionId;
	send(text: string): void;
	/** The gateway notices. */
	end(): void;
	/** Nobody notices: the cable is out. */
	vanish(): void;
}

/** Gives what connects an end. */
export const createGateway = ({ clock: { now }, sessions, connections, cuts, access, gateway }: ReturnType<typeof createHttpApi>, time: Time) => {
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
	let connected = 0;
	return (name: string, who: Caller, events: SocketEvents): Line => {
		const id = connection(`${name}${++connected}`);
		lines.set(id, events);
		return {
			id,
			send: (text: string): void => void time.during(arrives(id, who, text)),
			end(): void {
				if (lines.delete(id)) void time.during(farewell(id, who));
			},
			vanish: (): void => void lines.delete(id),
		};
	};
};
