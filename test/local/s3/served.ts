/** S3's stand-in behind the real endpoint server, asked by somebody else's client (aws4fetch), each request signed and judged. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AwsClient } from 'aws4fetch';
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../../local/endpoints.ts';
import type { Judge } from '../../../local/iam/judge.ts';
import { createS3, type S3StandIn } from '../../../local/s3/s3.ts';
import { createVerifier } from '../../../local/sigv4.ts';
import { apiArn, make, scriptedFunctions, type TestWorld, testWorld } from '../scripted.ts';

export interface ServedS3 {
	/** `http://127.0.0.1:<port>` */
	base: string;
	bucket: string;
	s3: S3StandIn;
	/** of the endpoint server too */
	world: TestWorld;
	/** ms that the clock is ahead */
	ahead: { ms: number };
	/** Path below the bucket, with its query; signed. */
	ask(method: string, path: string, init?: { headers?: Record<string, string>; body?: string | Buffer }): Promise<Response>;
	/** An address that anybody may use for so many seconds. */
	presign(method: string, path: string, seconds: number, headers?: Record<string, string>): Promise<string>;
	remove(): Promise<void>;
}

export const keys = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret', region: 'us-east-1', service: 's3' };

/** @param judgeOf who may do what; everybody everything when it isn't given */
export const serveS3 = async (properties: Record<string, unknown> = {}, judge: Judge = () => undefined): Promise<ServedS3> => {
	const ahead = { ms: 0 };
	const world = testWorld({ now: () => new Date(Date.now() + ahead.ms) });
	const s3 = createS3(world);
	const { Data: bucket = '' } = await make(s3, [['Data', 'AWS::S3::Bucket', properties]]);
	const endpoints = createEndpointServer();
	endpoints.server.listen(0, '127.0.0.1');
	await once(endpoints.server, 'listening');
	const host = `127.0.0.1:${(endpoints.server.address() as AddressInfo).port}`;
	const verify = createVerifier(world.credentials, () => world.now().getTime());
	const gateway = createApiGateway(world, scriptedFunctions({}));
	endpoints.serve({ standIns: [s3], gateway, verify, judge, apiArn, host, log: world.log });
	const base = `http://${host}`;
	const client = new AwsClient({ ...keys, retries: 0 });
	return {
		base,
		bucket,
		s3,
		world,
		ahead,
		ask: async (method, path, { headers = {}, body } = {}) => {
			const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
			return client.fetch(`${base}/s3/${bucket}${path}`, { method, headers, ...sent });
		},
		presign: async (method, path, seconds, headers = {}) => {
			const url = new URL(`${base}/s3/${bucket}${path}`);
			url.searchParams.set('X-Amz-Expires', String(seconds));
			return (await client.sign(url.href, { method, headers, aws: { signQuery: true, allHeaders: true } })).url;
		},
		async remove() {
			endpoints.server.closeAllConnections();
			endpoints.server.close();
			await s3.stop?.();
			world.remove();
		},
	};
};

/** Code and message of an error's XML. */
export const problemOf = async (response: Response): Promise<[status: number, code: string]> => [
	response.status,
	/<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? '',
];
export const valuesOf = (xml: string, name: string): string[] =>
	[...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, one = '']) => one);
