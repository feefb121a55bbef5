/** The operator's hands on a running stack: with credentials that may do everything, by the functions' own adapters and AWS's APIs. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { createGateway } from '@shellpod/functions/adapters/gateway.ts';
import { createItems, type Items } from '@shellpod/functions/adapters/items.ts';
import { createSignedFetch, type SignedFetch } from '@shellpod/functions/signed-fetch.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import * as z from 'zod/mini';
import type { Stack } from './stack.ts';

const Configuration = z.object({
	FunctionName: z.string(),
	Description: z.string(),
	Role: z.string(),
	Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});
type Configuration = z.infer<typeof Configuration>;

export interface Operator {
	/** the one table */
	items: Items;
	ecs: ECSClient;
	/** ARN */
	cluster: string;
	/** base of the HTTP API, as a task knows it */
	httpApi: string;
	/** by the function's name in the control plane: its role's ARN */
	roles: ReadonlyMap<string, string>;
	/** Runs a function of the control plane now; gives what it answers. Throws when it fails. */
	invoke(name: string, event?: unknown): Promise<unknown>;
	/** Ends a WebSocket. */
	disconnect(connection: ConnectionId): Promise<void>;
	/** lets go of what would keep the process alive */
	release(): void;
}

/** ms: the sweep may take most of a minute */
const invocationMs = 60_000;

export const becomeOperator = async (stack: Stack): Promise<Operator> => {
	const environment = await stack.awsEnvironment();
	const need = (name: string): string => {
		const value = environment[name];
		if (value === undefined) throw new Error(`--aws-env says no ${name}`);
		return value;
	};
	const credentials = {
		accessKeyId: need('AWS_ACCESS_KEY_ID'),
		secretAccessKey: need('AWS_SECRET_ACCESS_KEY'),
		sessionToken: need('AWS_SESSION_TOKEN'),
	};
	const region = need('AWS_REGION');
	const patience = { attemptMs: invocationMs, totalMs: invocationMs, retries: 0, pauseMs: 0 };
	const signed = (service: string): SignedFetch => createSignedFetch({ region, ...credentials }, service, patience);

	const lambda = signed('lambda');
	const functionsUrl = `${need('AWS_ENDPOINT_URL_LAMBDA')}/2015-03-31/functions`;
	const listed = await lambda(functionsUrl, { method: 'GET' });
	const { Functions } = z.object({ Functions: z.array(Configuration) }).parse(JSON.parse(listed?.text ?? ''));
	const functions = new Map<string, Configuration>();
	for (const one of Functions) {
		const name = /^ShellPod (\S+)$/.exec(one.Description)?.[1];
		if (name !== undefined) functions.set(name, one);
	}
	const functionOf = (name: string): Configuration => {
		const found = functions.get(name);
		if (!found) throw new Error(`no function ${name}`);
		return found;
	};
	const told = (name: string, variable: string): string => functionOf(name).Environment.Variables[variable] ?? '';

	const gateway = createGateway({
		endpoint: need('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI'),
		fetch: signed('execute-api'),
		log: { warn: () => {} },
	});
	const ecs = new ECSClient({ region, endpoint: need('AWS_ENDPOINT_URL_ECS'), credentials });
	return {
		items: createItems({ endpoint: need('AWS_ENDPOINT_URL_DYNAMODB'), table: told('api', 'SHELLPOD_TABLE'), fetch: signed('dynamodb') }),
		ecs,
		cluster: told('api', 'SHELLPOD_CLUSTER'),
		httpApi: new URL(`/execute-api/${told('slots', 'SHELLPOD_AGENT_ROUTE').split(/[:/]/)[5]}`, need('AWS_ENDPOINT_URL')).href,
		roles: new Map([...functions].map(([name, { Role }]) => [name, Role])),
		async invoke(name, event = {}) {
			const answer = await lambda(`${functionsUrl}/${functionOf(name).FunctionName}/invocations`, { method: 'POST', body: JSON.stringify(event) });
			if (answer?.status !== 200 || answer.text.includes('"errorType"')) throw new Error(`${name}: ${answer?.text ?? 'no answer'}`);
			return JSON.parse(answer.text || 'null');
		},
		disconnect: async (connection) => {
			await gateway.close(connection);
		},
		release: () => ecs.destroy(),
	};
};
