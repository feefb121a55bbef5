/** What a call of an unmodified SDK client needs, by the stand-ins' own tables; nothing is sent. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { needsOfDynamoDb } from '../../../local/dynamodb/needs.ts';
import type { Need, NeedsOf, StandIn } from '../../../local/stand-in.ts';

interface SentRequest {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body?: string | Uint8Array;
}

/** What a client gets instead of an answer. */
class NotSent extends Error {
	readonly request: SentRequest;
	constructor(request: SentRequest) {
		super('not sent');
		this.request = request;
	}
}

const nobody = { roleArn: 'arn:aws:iam::000000000000:role/nobody', sessionName: 'nobody' };

export const createSdkNeeds = (standIns: Pick<StandIn, 'needs'>[]) => {
	const tables: Record<string, NeedsOf> = Object.assign(
		// its keys stand in the template's table; the process isn't needed to read a request
		{ DYNAMODB: needsOfDynamoDb('us-east-1', '000000000000', (_, index) => (index === undefined ? 'pk' : index === 'due' ? 'duePk' : undefined)) },
		...standIns.map(({ needs }) => needs),
	);
	const options = {
		region: 'us-east-1',
		credentials: { accessKeyId: 'ASIAX', secretAccessKey: 'x' },
		endpoint: 'http://127.0.0.1:1',
		maxAttempts: 1,
		requestHandler: {
			handle: (request: unknown) => Promise.reject(new NotSent(request as SentRequest)),
		},
	};
	return {
		dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(options)),
		ecs: new ECSClient(options),
		efs: new EFSClient(options),
		iam: new IAMClient(options),
		/** @param sending by one of these clients */
		needs: async (service: 'DYNAMODB' | 'ECS' | 'EFS' | 'IAM', sending: Promise<unknown>): Promise<Need[] | undefined> => {
			const error: unknown = await sending.catch((reason: unknown) => reason);
			if (!(error instanceof NotSent)) throw error;
			const { method, path, query, headers, body = '' } = error.request;
			const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
			return tables[service]?.({
				method,
				path,
				query: new URLSearchParams(query),
				headers: lower,
				body: typeof body === 'string' ? Buffer.from(body) : Buffer.concat([body]),
				principal: nobody,
			});
		},
	};
};
