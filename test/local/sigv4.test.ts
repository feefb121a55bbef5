import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeAccessPointsCommand, EFSClient } from '@aws-sdk/client-efs';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVerifier, type Verified } from '../../local/sigv4.ts';

const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret', sessionToken: 'a token' };
const principal = { roleArn: 'arn:aws:iam::000000000000:role/api', sessionName: 'api' };
let clock = Date.now;
const verify = createVerifier(
	{ find: (key) => (key === credentials.accessKeyId ? { principal, secretAccessKey: credentials.secretAccessKey } : undefined) },
	() => clock(),
);

let base = '';
const seen: Verified[] = [];
const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
		seen.push(verify({ method: request.method ?? '', target: request.url ?? '', headers, body: Buffer.concat(chunks) }));
		response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
	});
});

beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const verdict = async (call: () => Promise<unknown>): Promise<Verified | undefined> => {
	await call().catch(() => {});
	return seen.at(-1);
};

describe('signatures', () => {
	const options = { region: 'us-east-1', credentials, maxAttempts: 1 };

	it('accepts what the AWS SDK signs, whatever the protocol', async () => {
		const good = { principal, accessKeyId: 'ASIAEXAMPLE' };
		const dynamo = new DynamoDBClient({ ...options, endpoint: `${base}/dynamodb` });
		expect(await verdict(() => dynamo.send(new ListTablesCommand({})))).toMatchObject({ ...good, service: 'dynamodb' });
		const efs = new EFSClient({ ...options, endpoint: `${base}/efs` });
		const query = new DescribeAccessPointsCommand({ FileSystemId: 'fs-0123456789abcdef0', MaxResults: 3 });
		expect(await verdict(() => efs.send(query))).toMatchObject({ ...good, service: 'elasticfilesystem' });
		const iam = new IAMClient({ ...options, endpoint: `${base}/iam` });
		expect(await verdict(() => iam.send(new GetRoleCommand({ RoleName: 'a b' })))).toMatchObject({ ...good, service: 'iam' });
		const gateway = new ApiGatewayManagementApiClient({ ...options, endpoint: `${base}/execute-api/abc/ws` });
		const post = new PostToConnectionCommand({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: 'héllo' });
		expect(await verdict(() => gateway.send(post))).toMatchObject({ ...good, service: 'execute-api' });
	});

	it('accepts what aws4fetch signs, escaped paths and queries among it', async () => {
		const aws = new AwsClient({ ...credentials, service: 'execute-api', region: 'us-east-1', retries: 0 });
		for (const target of ['/execute-api/abc/ws/@connections/L0SM9c%3D', '/execute-api/abc/ws/%40connections/L0SM9c%3D', '/a?b=1&a=x%20y&c', '/'])
			expect(await verdict(() => aws.fetch(`${base}${target}`, { method: 'POST', body: 'data' })), target).toMatchObject({ principal });
	});

	it('refuses no signature, an unknown key, another secret, a changed body and an old date', async () => {
		const aws = (over: object) => new AwsClient({ ...credentials, service: 'ecs', region: 'us-east-1', retries: 0, ...over });
		expect(await verdict(() => fetch(base))).toMatchObject({ problem: 'MissingAuthenticationToken' });
		expect(await verdict(() => fetch(base, { headers: { authorization: 'Bearer x' } }))).toMatchObject({ problem: 'IncompleteSignature' });
		expect(await verdict(() => aws({ accessKeyId: 'ASIAOTHER' }).fetch(base))).toMatchObject({ problem: 'UnrecognizedClientException' });
		expect(await verdict(() => aws({ secretAccessKey: 'wrong' }).fetch(base))).toMatchObject({ problem: 'InvalidSignatureException' });
		const signed = await aws({}).sign(base, { method: 'POST', body: 'one' });
		expect(await verdict(() => fetch(signed.url, { method: 'POST', headers: signed.headers, body: 'two' }))).toMatchObject({
			problem: 'InvalidSignatureException',
		});
		clock = () => Date.now() + 6 * 60_000;
		expect(await verdict(() => aws({}).fetch(base))).toMatchObject({ problem: 'InvalidSignatureException' });
		clock = Date.now;
	});
});
