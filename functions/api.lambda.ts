/** The HTTP API of the page. */
import { randomBytes } from 'node:crypto';
import { api as apiLimits } from '@shellpod/protocol/limits.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createEvents } from './adapters/events.ts';
import { createIdentity } from './adapters/identity.ts';
import { createCuts } from './adapters/meters.ts';
import { createStartSwitch } from './adapters/start-switch.ts';
import { createTicketStore } from './adapters/tickets.ts';
import { createUsers } from './adapters/users.ts';
import { budgetConfig, driveConfig, readConfig } from './config.ts';
import { wantAccess } from './core/access.ts';
import { createCommands } from './core/commands.ts';
import { createHistory } from './core/history.ts';
import { idleLimitsOf } from './core/idle-limits.ts';
import { createRates } from './core/rates.ts';
import type { SignedIn } from './core/sign-in.ts';
import { createTickets } from './core/tickets.ts';
import { createViewers } from './core/viewers.ts';
import { gatewayOf as connectionsOf, itemsOf, logOf, now, visitsOf } from './deps.ts';
import { idleCommandsOf, revocationsOf, slotsOf } from './late-api.ts';
import { costsOf } from './late-costs.ts';
import { driveOf, idTokensOf } from './late-deps.ts';
import { createApp } from './routes/app.ts';
import { authRoutes } from './routes/auth.ts';
import { costRoutes } from './routes/costs.ts';
import { historyRoutes } from './routes/history.ts';
import { gatewayOf, type HttpEvent, requestOf, resultOf } from './routes/http-event.ts';
import { idleRoutes } from './routes/idle.ts';
import { meRoutes } from './routes/me.ts';
import { described } from './routes/openapi.ts';
import { problemResponse } from './routes/problems.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { sessionsOf } from './told-deps.ts';

const config = readConfig(process.env, [
	...driveConfig,
	...budgetConfig,
	'pageOrigin',
	'issuer',
	'clientId',
	'signInBase',
	'maxSessions',
	'startsPerHour',
	'createsPerDay',
]);
const { pageOrigin, issuer, clientId, signInBase, maxSessions, startsPerHour, createsPerDay } = config;
const log = logOf('api');
const random = randomBytes;
const items = itemsOf(process.env, config.table);
const access = createAccessRecords(items);
const gateway = connectionsOf(process.env, config.connections);
const sessions = sessionsOf(items, access, gateway, log);
const drive = driveOf(config, { items, sessions, gateway, log });
const revocations = revocationsOf(items, { access, gateway, now, log });
const users = createUsers(items);
const costs = costsOf({ sessions, users, operator: config, now, log });
const commands = createCommands({
	sessions,
	slots: slotsOf(items),
	users,
	admit: costs.admit,
	startSwitch: createStartSwitch(items),
	drive,
	revocations,
	now,
	random,
	limits: { sessions: maxSessions, startsPerHour, createsPerDay },
	log,
});
const idle = idleCommandsOf({ sessions, limits: idleLimitsOf(config), now });
const tickets = createTickets({ store: createTicketStore(items), now, random });
const viewers = createViewers({ access, gateway, now });
const stillWanted = async ({ user, signIn }: SignedIn): Promise<void> => wantAccess(await access.get(user), signIn);

/** ms; within the gateway's 30 s there is room for two such calls */
const providerTimeout = 5_000;
const provider = { clientId, fetch, timeout: providerTimeout };
const identity = createIdentity({ base: signInBase, ...provider });
const idTokens = idTokensOf({ issuer, ...provider });

const rates = createRates(now, apiLimits);
const app = createApp(
	described([
		...meRoutes(commands),
		...sessionRoutes(commands),
		...idleRoutes(idle),
		...costRoutes(costs),
		...historyRoutes(createHistory({ commands, events: createEvents(items) })),
		...ticketRoutes({ commands, tickets, idle, viewers, cuts: createCuts(items), noteVisit: visitsOf(items, log), now, pageOrigin }),
		...authRoutes({ identity, idTokens, revocations, stillWanted, random, clientId, signInBase, pageOrigin, log }),
	]),
	async (one) => {
		rates(one.user);
		await stillWanted(one);
	},
	log,
);

export const handler = async (event: HttpEvent) => {
	try {
		return await resultOf(await app.fetch(requestOf(event, pageOrigin), gatewayOf(event)));
	} catch (error) {
		log.error('event_failed', error, { requestId: event.requestContext.requestId });
		return resultOf(problemResponse(error, event.requestContext.requestId));
	}
};
