/** openapi.json, made of the routes that are mounted and of the protocol's schemas. */
import { Budget, BudgetState, Cost, Costs, SetBudget } from '@shellpod/protocol/costs.ts';
import { type ErrorCode, errorCodes } from '@shellpod/protocol/errors.ts';
import {
	AccessToken,
	ChooseIdle,
	ChooseUpdate,
	CreateSession,
	DeleteForGood,
	EventPage,
	KeepSession,
	Me,
	Problem,
	RenameSession,
	RestoreSession,
	Session,
	SessionEvent,
	SessionList,
	Ticket,
	TicketRequest,
	TrashedSession,
} from '@shellpod/protocol/http.ts';
import { api as limits } from '@shellpod/protocol/limits.ts';
import * as z from 'zod/mini';
import type { Route } from './route.ts';

const named = {
	AccessToken,
	Budget,
	BudgetState,
	Cost,
	Costs,
	ChooseIdle,
	ChooseUpdate,
	CreateSession,
	DeleteForGood,
	EventPage,
	KeepSession,
	Me,
	Problem,
	RenameSession,
	RestoreSession,
	Session,
	SessionEvent,
	SessionList,
	SetBudget,
	Ticket,
	TicketRequest,
	TrashedSession,
};

const everywhere: readonly ErrorCode[] = ['internal', 'unavailable', 'too_many'];

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const componentSchemas = (): Record<string, unknown> => {
	const registry = z.registry<{ id: string }>();
	for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
	const { schemas } = z.toJSONSchema(registry, { uri: (id) => reference(id).$ref, io: 'input' });
	return Object.fromEntries(Object.entries(schemas).map(([name, { $id: _, $schema: __, ...schema }]) => [name, schema]));
};

const nameOf = (schema: z.ZodMiniType): string => {
	const name = Object.entries(named).find(([, one]) => one === schema)?.[0];
	if (!name) throw new TypeError('a route uses a schema that openapi.json does not name');
	return name;
};

const content = (type: string, schema: z.ZodMiniType) => ({ content: { [type]: { schema: reference(nameOf(schema)) } } });

const retryAfter = { description: 'Seconds until another try makes sense, where that is known', schema: { type: 'integer' } };

const responsesOf = (route: Route): Record<string, unknown> => {
	const own: readonly ErrorCode[] = [...(route.errors ?? []), ...(route.open ? [] : (['unauthenticated'] as const)), ...everywhere];
	const codes = [...new Set(route.body ? ([...own, 'invalid_request', 'too_large'] as const) : own)];
	const failures = Map.groupBy(codes, (code) => String(errorCodes[code].status));
	return {
		[route.status]: { description: route.summary, ...(route.result && content('application/json', route.result)) },
		...Object.fromEntries(
			[...failures].map(([status, group]) => [
				status,
				{
					description: group.map((code) => `${code}: ${errorCodes[code].title}`).join('; '),
					...((status === '429' || status === '503') && { headers: { 'Retry-After': retryAfter } }),
					...content('application/problem+json', Problem),
				},
			]),
		),
	};
};

const parametersOf = ({ path, query = {} }: Route) => {
	const parameters = [
		...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
		...Object.entries(query).map(([name, description]) => ({ name, in: 'query', description, schema: { type: 'string' } })),
	];
	return parameters.length > 0 ? { parameters } : {};
};

const operationOf = (route: Route) => ({
	operationId: route.operation,
	summary: route.summary,
	...parametersOf(route),
	...(route.body && { requestBody: { required: true, ...content('application/json', route.body) } }),
	responses: responsesOf(route),
	...(route.open && { security: [] }),
});

export const documentOf = (routes: readonly Route[]): Record<string, unknown> => {
	const paths: Record<string, Record<string, unknown>> = {};
	for (const route of routes) {
		const path = paths[route.path] ?? {};
		path[route.method.toLowerCase()] = operationOf(route);
		paths[route.path] = path;
	}
	return {
		openapi: '3.1.0',
		info: { title: 'ShellPod', version: '1', description: 'Persistent terminals in the cloud.' },
		'x-limits': limits,
		paths,
		components: {
			schemas: componentSchemas(),
			securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
		},
		security: [{ accessToken: [] }],
	};
};
