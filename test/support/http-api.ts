/** The HTTP API over a control plane in memory, asked as API Gateway asks it. */
import { wantAccess } from '@shellpod/functions/core/access.ts';
import type { OperatorBudgets } from '@shellpod/functions/core/budget.ts';
import { createHistory } from '@shellpod/functions/core/history.ts';
import { createIdleCommands } from '@shellpod/functions/core/idle-commands.ts';
import type { Rates } from '@shellpod/functions/core/rates.ts';
import type { SignedIn } from '@shellpod/functions/core/sign-in.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import { createVisits } from '@shellpod/functions/core/visits.ts';
import type { Identity, IdTokens } from '@shellpod/functions/ports.ts';
import { createApp } from '@shellpod/functions/routes/app.ts';
import { authRoutes } from '@shellpod/functions/routes/auth.ts';
import { costRoutes } from '@shellpod/functions/routes/costs.ts';
import { historyRoutes } from '@shellpod/functions/routes/history.ts';
import { gatewayOf, type HttpEvent, requestOf, resultOf } from '@shellpod/functions/routes/http-event.ts';
import { idleRoutes } from '@shellpod/functions/routes/idle.ts';
import { meRoutes } from '@shellpod/functions/routes/me.ts';
import { described } from '@shellpod/functions/routes/openapi.ts';
import { sessionRoutes } from '@shellpod/functions/routes/sessions.ts';
import { ticketRoutes } from '@shellpod/functions/routes/tickets.ts';
import type { UserLimits } from '@shellpod/protocol/http.ts';
import { createControlPlane } from './control-plane.ts';
import { idle as idleLimits } from './session-records.ts';
import { memoryMeters, memoryTickets } from './sockets.ts';

export const pageOrigin = 'https://pod.example';
export const signInBase = 'https://sign-in.example';
export const clientId = 'client-1';

/** `auth_time` of who asks */
export const signIn = 1_795_334_400;

export interface Asked {
	method?: string;
	path: string;
	/** the signed-in user; null: the request has no token */
	user?: string | null;
	body?: string | object;
	headers?: Record<string, string>;
	cookies?: string[];
	/** claims of the token, instead of an access token's */
	claims?: Record<string, string>;
}

export interface Answered {
	status: number;
	headers: Record<string, string>;
	cookies: string[];
	body: string;
	/** the body, parsed */
	json: () => unknown;
}

export const eventOf = ({ method = 'GET', path, user = 'user-1', body, headers = {}, cookies, claims }: Asked): HttpEvent => {
	const [rawPath = '', rawQueryString = ''] = path.split('?');
	const context = {
		accountId: '000000000000',
		apiId: 'api1',
		domainName: 'api1.execute-api.us-east-1.amazonaws.com',
		domainPrefix: 'api1',
		http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
		requestId: 'request-1',
		routeKey: `${method} ${rawPath}`,
		stage: '$default',
		time: '',
		timeEpoch: 0,
	};
	const authorizer = {
		principalId: '',
		integrationLatency: 0,
		jwt: { claims: claims ?? { sub: user ?? '', username: `name of ${user}`, token_use: 'access', auth_time: String(signIn) }, scopes: [] },
	};
	const event = {
		version: '2.0',
		routeKey: context.routeKey,
		rawPath,
		rawQueryString,
		headers: { host: context.domainName, ...headers },
		...(cookies && { cookies }),
		...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		isBase64Encoded: false,
	};
	return user === null ? { ...event, requestContext: context } : { ...event, requestContext: { ...context, authorizer } };
};

/** What routes take that want no name, by operation. */
export const bodies: Readonly<Record<string, object>> = {
	keepSession: { minutes: 60 },
	chooseIdle: { limitMinutes: 60 },
	chooseUpdate: { when: 'later', timeZone: 'UTC' },
};

/** An identity provider that refuses everybody, unless the test says otherwise. */
const nobody: Identity = { exchange: async () => undefined, refresh: async () => undefined, revoke: async () => undefined };

export const createHttpApi = (
	options: { identity?: Partial<Identity>; idTokens?: IdTokens; limits?: Partial<UserLimits>; budgets?: OperatorBudgets; rates?: Rates } = {},
) => {
	const plane = createControlPlane(options);
	const { clock, commands, costs, access, gateway, revocations, events, log } = plane;
	let drawn = 0;
	const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(++drawn);
	const { cuts } = memoryMeters();
	const tickets = createTickets({ store: memoryTickets(), now: clock.now, random });
	const idle = createIdleCommands({ sessions: plane.sessions, limits: idleLimits, now: clock.now });
	const viewers = createViewers({ access, gateway, now: clock.now });
	const stillWanted = async (one: SignedIn): Promise<void> => wantAccess(await access.get(one.user), one.signIn);
	const idTokens = options.idTokens ?? { verify: async () => undefined };
	const routes = described([
		...meRoutes(commands),
		...sessionRoutes(commands),
		...idleRoutes(idle),
		...costRoutes(costs),
		...historyRoutes(createHistory({ commands, events })),
		...ticketRoutes({ commands, tickets, idle, viewers, cuts, noteVisit: createVisits({ events, now: clock.now, log }), now: clock.now, pageOrigin }),
		...authRoutes({
			identity: { ...nobody, ...options.identity },
			idTokens,
			revocations,
			stillWanted,
			random,
			clientId,
			signInBase,
			pageOrigin,
			log,
		}),
	]);
	const wanted = async (one: SignedIn): Promise<void> => {
		options.rates?.(one.user);
		await stillWanted(one);
	};
	const app = createApp(routes, wanted, log);
	const ask = async (asked: Asked): Promise<Answered> => {
		const event = eventOf(asked);
		const { statusCode = 0, headers = {}, cookies = [], body = '' } = await resultOf(await app.fetch(requestOf(event, pageOrigin), gatewayOf(event)));
		const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
		return { status: statusCode, headers: texts, cookies, body, json: () => JSON.parse(body) };
	};
	return { ...plane, tickets, cuts, routes, stillWanted, ask };
};
