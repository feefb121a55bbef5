/** Where the contract is asked: a region with the contract stack in it, whoever runs it. */
import { randomBytes } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { AwsClient } from 'aws4fetch';
import { createItems, type Items } from '../../../functions/adapters/items.ts';
import { createSignedFetch } from '../../../functions/signed-fetch.ts';
import type { Outputs } from './outputs.ts';

export interface Identity {
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
}

export interface TargetOptions {
	kind: 'stand-ins' | 'account';
	/** number of the account */
	account: string;
	identity: Identity;
	outputs: Outputs;
	/** base address by the name in `AWS_ENDPOINT_URL_<NAME>`; undefined: AWS's own */
	endpoint: (name: string) => string | undefined;
	/** what could not be removed */
	say: (line: string) => void;
}

/** What a function or a task of the contract stack saw. */
export interface Sight {
	/** ms since 1970 */
	at: number;
	kind: string;
	seen: Record<string, unknown>;
}

export interface Invoked {
	status: number;
	/** the handler failed */
	error: boolean;
	/** name of Lambda's own refusal; '' when it took the event */
	refusal: string;
	answer: Record<string, unknown>;
}

export interface Target extends Pick<TargetOptions, 'kind' | 'account' | 'outputs'> {
	region: string;
	dynamoDb: DynamoDBClient;
	ecs: ECSClient;
	efs: EFSClient;
	iam: IAMClient;
	connections: ApiGatewayManagementApiClient;
	/** Runs a function, by default the one to try things on. */
	invoke(event: object, name?: string): Promise<Invoked>;
	/** What belongs to a mark, in the order of time; waits until `enough`, or throws with what there is. */
	sights(mark: string, enough: (all: readonly Sight[]) => boolean, seconds?: number): Promise<Sight[]>;
	/** a name that nothing else of any run has */
	mark(): string;
	pause(seconds: number): Promise<void>;
	/** Called in the reverse order at the end, whatever happened. */
	atEnd(work: () => Promise<unknown>): void;
	close(): Promise<void>;
}

/** s: a function's first start, its write, and the way */
const usual = 20;

export const createTarget = ({ kind, account, identity, outputs, endpoint, say }: TargetOptions): Target => {
	const { region, ...credentials } = identity;
	const client = (name: string) => {
		const address = endpoint(name);
		return { region, credentials, maxAttempts: 1, ...(address !== undefined && { endpoint: address }) };
	};
	const lambda = new AwsClient({ ...identity, service: 'lambda', retries: 0 });
	const items: Items = createItems({
		endpoint: endpoint('DYNAMODB') ?? `https://dynamodb.${region}.amazonaws.com`,
		table: outputs.Table,
		fetch: createSignedFetch(identity, 'dynamodb'),
	});
	const functionsUrl = `${endpoint('LAMBDA') ?? `https://lambda.${region}.amazonaws.com`}/2015-03-31/functions`;
	const dynamoDb = new DynamoDBClient(client('DYNAMODB'));
	const ecs = new ECSClient(client('ECS'));
	const efs = new EFSClient(client('EFS'));
	const iam = new IAMClient(client('IAM'));
	const connections = new ApiGatewayManagementApiClient({ ...client('none'), endpoint: outputs.Connections });
	const last: (() => Promise<unknown>)[] = [];
	const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

	const look = async (mark: string): Promise<Sight[]> =>
		(await items.list(`RUN#${mark}`, '')).map(({ at, kind, seen }) => ({
			at: Number(at),
			kind: String(kind),
			seen: JSON.parse(String(seen)) as Record<string, unknown>,
		}));

	/** What was made must go, however often AWS says that it was asked too quickly. */
	const patiently = async (work: () => Promise<unknown>, tries = 8): Promise<void> => {
		try {
			await work();
		} catch (error) {
			if (!(error instanceof Error) || !/Throttling|TooManyRequests/.test(error.name) || tries === 1) return say(`left behind: ${String(error)}`);
			await pause(kind === 'account' ? 2 : 0.5);
			await patiently(work, tries - 1);
		}
	};

	return {
		kind,
		account,
		region,
		outputs,
		dynamoDb,
		ecs,
		efs,
		iam,
		connections,
		pause,
		mark: () => `contract-${randomBytes(6).toString('hex')}`,
		invoke: async (event, name = outputs.Scratch) => {
			const response = await lambda.fetch(`${functionsUrl}/${name}/invocations`, { method: 'POST', body: JSON.stringify(event) });
			const { status, headers } = response;
			const [refusal = ''] = (headers.get('x-amzn-errortype') ?? '').split(':');
			const text = await response.text();
			return { status, error: headers.has('x-amz-function-error'), refusal, answer: JSON.parse(text || '{}') as Record<string, unknown> };
		},
		sights: async (mark, enough, seconds = usual) => {
			for (const end = Date.now() + seconds * 1_000; ; ) {
				const all = await look(mark);
				if (enough(all)) return all;
				if (Date.now() > end) throw new Error(`${seconds} s and no more than ${all.map(({ kind }) => kind).join(', ') || 'nothing'}`);
				await pause(kind === 'account' ? 0.5 : 0.02);
			}
		},
		atEnd: (work) => void last.push(work),
		close: async () => {
			for (const work of last.splice(0).reverse()) await patiently(work);
			for (const one of [dynamoDb, ecs, efs, iam, connections]) one.destroy();
		},
	};
};
