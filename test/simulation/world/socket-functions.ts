/** The functions of the WebSocket API, as `control-plane.ts` has the others. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createCuts, createMeters } from '@shellpod/functions/adapters/meters.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createActivities } from '@shellpod/functions/core/activities.ts';
import { callerOf, contextOf, watcherOf } from '@shellpod/functions/core/callers.ts';
import { createFarewells } from '@shellpod/functions/core/farewells.ts';
import { readHandshake, type UpgradeHeaders } from '@shellpod/functions/core/handshake.ts';
import type { IdleLimits } from '@shellpod/functions/core/idle-limits.ts';
import { createIntroductions } from '@shellpod/functions/core/introductions.ts';
import { createMeter } from '@shellpod/functions/core/meter.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import type { WebSocketEvent } from '@shellpod/functions/web-socket-event.ts';
import { connectionId } from '@shellpod/protocol/ids.ts';
import { subprotocol } from '@shellpod/protocol/version.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Environment } from './lambda.ts';
import type { Parts } from './parts.ts';

export const createSocketFunctions = (kernel: Kernel, parts: Parts, idle: IdleLimits) => {
	const { gatewayOf, ticketsOf, keysOf, visitsOf } = parts;
	const samples = kernel.random('samples');

	const authorizer = (environment: Environment) => {
		const tickets = ticketsOf(environment);
		const cuts = createCuts(parts.itemsOf(environment));
		const answer = (principalId: string, Effect: 'Allow' | 'Deny', Resource: string) => ({
			principalId,
			policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
		});
		return async (event: UpgradeHeaders & { methodArn: string }) => {
			const { ticket, origin } = readHandshake(event);
			const caller = ticket === undefined ? undefined : await tickets.redeem(ticket, origin);
			if (!caller || (caller.role !== 'watcher' && (await cuts.until(caller, environment.now())) !== undefined))
				return answer('nobody', 'Deny', event.methodArn);
			return { ...answer(caller.user, 'Allow', event.methodArn), context: contextOf(caller) };
		};
	};

	const connect = (environment: Environment) => {
		const items = parts.itemsOf(environment);
		const connections = createConnections(items);
		const viewers = createViewers({ access: createAccessRecords(items), gateway: gatewayOf(environment), now: environment.now });
		const noteVisit = visitsOf(environment);
		return async ({ requestContext }: WebSocketEvent) => {
			const id = connectionId(requestContext.connectionId);
			const admitted = { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': subprotocol } };
			const watcher = watcherOf(requestContext.authorizer);
			if (watcher) return (await viewers.comes(id, watcher)) === 'admitted' ? admitted : { statusCode: 403 };
			const caller = callerOf(requestContext.authorizer);
			if (caller.role === 'viewer') {
				if ((await viewers.comes(id, caller)) !== 'admitted') return { statusCode: 403 };
				await connections.put({ id, ...caller }, environment.now());
				const { session, generation, signIn } = caller;
				await noteVisit(session, { kind: 'opened', generation, ...(signIn !== undefined && { signIn }) });
			}
			return admitted;
		};
	};

	const disconnect = (environment: Environment) => {
		const items = parts.itemsOf(environment);
		const stores = { sessions: createSessions(items), connections: createConnections(items), access: createAccessRecords(items) };
		const farewell = createFarewells({ ...stores, noteVisit: visitsOf(environment), now: environment.now });
		return async ({ requestContext }: WebSocketEvent) => {
			const caller = watcherOf(requestContext.authorizer) ?? callerOf(requestContext.authorizer);
			await farewell(connectionId(requestContext.connectionId), caller);
			return { statusCode: 200 };
		};
	};

	const hello = (environment: Environment) => {
		const items = parts.itemsOf(environment);
		const introductions = createIntroductions({
			base: environment.release.base,
			sessions: parts.sessionsOf(environment),
			connections: createConnections(items),
			access: createAccessRecords(items),
			cuts: createCuts(items),
			gateway: gatewayOf(environment),
			keys: keysOf(environment),
			noteVisit: visitsOf(environment),
			idle,
			now: environment.now,
		});
		return async ({ requestContext, body }: WebSocketEvent) => {
			await introductions.hello(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer), body);
			return { statusCode: 200 };
		};
	};

	const activity = (environment: Environment) => {
		const take = createActivities({ sessions: parts.sessionsOf(environment), gateway: gatewayOf(environment), limits: idle, now: environment.now });
		return async ({ requestContext, body }: WebSocketEvent) => {
			await take(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer), body);
			return { statusCode: 200 };
		};
	};

	const relay = (environment: Environment) => {
		const items = parts.itemsOf(environment);
		const gateway = gatewayOf(environment);
		const stores = { meters: createMeters(items), cuts: createCuts(items) };
		const { now } = environment;
		const meter = createMeter({ ...stores, gateway, random: () => samples.next(), now, log: parts.logOf(environment) });
		const pass = createRelay({ keys: keysOf(environment), gateway, meter, now });
		return async ({ requestContext, body }: WebSocketEvent) => {
			const id = connectionId(requestContext.connectionId);
			// A watcher has nothing to say.
			if (watcherOf(requestContext.authorizer)) await gateway.close(id);
			else await pass(id, callerOf(requestContext.authorizer), body);
			return { statusCode: 200 };
		};
	};

	return { authorizer, connect, disconnect, hello, activity, relay };
};
