/** What functions are put together from, for one environment each. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createEvents } from '@shellpod/functions/adapters/events.ts';
import { createGateway } from '@shellpod/functions/adapters/gateway.ts';
import type { Items } from '@shellpod/functions/adapters/items.ts';
import { createKeyStore } from '@shellpod/functions/adapters/relay-key.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createTicketStore } from '@shellpod/functions/adapters/tickets.ts';
import { createRelayKeys, type RelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { createTell, told } from '@shellpod/functions/core/telling.ts';
import { createTickets, type Tickets } from '@shellpod/functions/core/tickets.ts';
import { createVisits, type NoteVisit } from '@shellpod/functions/core/visits.ts';
import type { Log, Sessions } from '@shellpod/functions/ports.ts';
import type { Gateway as GatewayPort } from '@shellpod/functions/relay-ports.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Gateway } from './gateway.ts';
import type { Environment } from './lambda.ts';
import { endpoint } from './names.ts';
import type { SimulatedTable } from './table.ts';

export interface Parts {
	random(count: number): Uint8Array;
	logOf(environment: Environment): Log;
	itemsOf(environment: Environment): Items;
	gatewayOf(environment: Environment): GatewayPort;
	ticketsOf(environment: Environment): Tickets;
	keysOf(environment: Environment): RelayKeys;
	/** records whose writes are told to watchers */
	sessionsOf(environment: Environment, forgets?: boolean): Sessions;
	visitsOf(environment: Environment): NoteVisit;
}

export const createParts = (options: { kernel: Kernel; table: SimulatedTable; gateway: () => Gateway }): Parts => {
	const { kernel, table, gateway } = options;
	const bytes = kernel.random('functions');
	const random = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(bytes.next() * 256));

	const logOf = ({ life, failed }: Environment): Log => {
		const say = (level: string) => (event: string) => kernel.note(`${life.name} ${level} ${event}`);
		return {
			info: say('info'),
			warn: say('warn'),
			error: (event, error) => {
				kernel.note(`${life.name} error ${event}: ${error instanceof Error ? error.message : String(error)}`);
				failed(event);
			},
		};
	};

	const gatewayOf = (environment: Environment): GatewayPort =>
		createGateway({ endpoint, fetch: gateway().fetchOf(environment), log: logOf(environment) });

	return {
		random,
		logOf,
		itemsOf: table.of,
		gatewayOf,
		sessionsOf: (environment, forgets = false) => {
			const items = table.of(environment);
			const { get, put } = createAccessRecords(items);
			const access = forgets ? { get, put } : { get };
			const tell = createTell({
				access,
				gateway: gatewayOf(environment),
				wait: environment.life.sleep,
				now: environment.now,
				log: logOf(environment),
			});
			return told(createSessions(items), tell);
		},
		ticketsOf: (environment) => createTickets({ store: createTicketStore(table.of(environment)), now: environment.now, random }),
		visitsOf: (environment) => createVisits({ events: createEvents(table.of(environment)), now: environment.now, log: logOf(environment) }),
		keysOf: (environment) => createRelayKeys({ store: createKeyStore(table.of(environment)), now: environment.now, random }),
	};
};
