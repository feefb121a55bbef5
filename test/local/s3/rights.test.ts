/** Who may do what with a bucket: roles' policies, the bucket's own, and what lifecycle rules end. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Policy, readPolicy } from '../../../local/iam/evaluator/policy.ts';
import { createJudge } from '../../../local/iam/judge.ts';
import { make } from '../scripted.ts';
import { problemOf, type ServedS3, serveS3, valuesOf } from './served.ts';

let served: ServedS3;
afterEach(() => served.remove());

const bucketName = 'data-bucket';
const objects = `arn:aws:s3:::${bucketName}/*`;
const statement = (Action: string | string[], Resource: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
const insecure = {
	Effect: 'Deny',
	Principal: { AWS: '*' },
	Action: 's3:*',
	Resource: [`arn:aws:s3:::${bucketName}`, objects],
	Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

/** A role with these statements. */
const start = async (statements: object[], properties: Record<string, unknown> = {}): Promise<void> => {
	const identity: Policy[] = [readPolicy({ Version: '2012-10-17', Statement: statements }, 'identity')];
	const rights = { identity };
	const judge = createJudge({ iam: { rights: () => rights, note: () => {} }, account: '000000000000' });
	served = await serveS3({ BucketName: bucketName, ...properties }, judge);
};
const policy = (statements: object[]) =>
	make(served.s3, [['Policy', 'AWS::S3::BucketPolicy', { Bucket: bucketName, PolicyDocument: { Statement: statements } }]]);
const status = async (method: string, path: string, init?: Parameters<ServedS3['ask']>[2]): Promise<number> =>
	(await served.ask(method, path, init)).status;

describe('a role', () => {
	it('may do what its policy allows, object by object', async () => {
		await start([statement(['s3:PutObject', 's3:GetObject'], `arn:aws:s3:::${bucketName}/mine/*`)]);
		expect(await status('PUT', '/mine/a', { body: 'x' })).toBe(200);
		expect(await status('GET', '/mine/a')).toBe(200);
		expect(await status('POST', '/mine/b?uploads')).toBe(200);
		expect(await problemOf(await served.ask('PUT', '/other/a', { body: 'x' }))).toEqual([403, 'AccessDenied']);
		for (const [method, path] of [
			['DELETE', '/mine/a'],
			['GET', '?list-type=2'],
			['HEAD', ''],
		] as const)
			expect(await status(method, path), `${method} ${path}`).toBe(403);
		const body = '<Delete><Object><Key>mine/a</Key></Object></Delete>';
		expect(await status('POST', '?delete', { body })).toBe(403);
		expect(await status('DELETE', '/mine/a?uploadId=x')).toBe(403);
	});

	it('is told that something is not there only when it may list', async () => {
		await start([statement('s3:GetObject', objects)]);
		expect(await status('GET', '/none')).toBe(403);
		await served.remove();
		await start([statement('s3:GetObject', objects), statement('s3:ListBucket', `arn:aws:s3:::${bucketName}`)]);
		expect(await status('GET', '/none')).toBe(404);
	});

	it('lists below its own prefix', async () => {
		await start([
			statement('s3:PutObject', objects),
			statement('s3:ListBucket', `arn:aws:s3:::${bucketName}`, { Condition: { StringLike: { 's3:prefix': 'mine/*' } } }),
		]);
		await served.ask('PUT', '/mine/a', { body: 'x' });
		expect(valuesOf(await (await served.ask('GET', '?list-type=2&prefix=mine%2F')).text(), 'Key')).toEqual(['mine/a']);
		expect([await status('GET', '?list-type=2'), await status('GET', '?list-type=2&prefix=other%2F')]).toEqual([403, 403]);
	});

	it('copies what it may read to where it may write', async () => {
		await start([
			statement('s3:PutObject', objects),
			statement('s3:GetObject', `arn:aws:s3:::${bucketName}/open`),
			statement('s3:ListBucket', `arn:aws:s3:::${bucketName}`),
		]);
		for (const key of ['open', 'closed']) await served.ask('PUT', `/${key}`, { body: key });
		const copy = (from: string) => status('PUT', '/copy', { headers: { 'x-amz-copy-source': `${bucketName}/${from}` } });
		expect([await copy('open'), await copy('closed')]).toEqual([200, 403]);
	});

	it('hands on no more than it has', async () => {
		await start([statement('s3:PutObject', objects)]);
		await served.ask('PUT', '/a', { body: 'x' });
		expect((await fetch(await served.presign('GET', '/a', 60))).status).toBe(403);
		expect((await fetch(await served.presign('PUT', '/a', 60), { method: 'PUT', body: 'y' })).status).toBe(200);
	});
});

describe('a bucket’s policy', () => {
	it('denies what comes without TLS, and so nothing here: calls stand for calls with it', async () => {
		await start([statement('s3:*', objects)]);
		await policy([insecure]);
		expect(await status('PUT', '/a', { body: 'x' })).toBe(200);
		await policy([{ ...insecure, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }]);
		expect(await status('PUT', '/a', { body: 'x' })).toBe(403);
	});

	it('allows beside the role’s own', async () => {
		await start([]);
		expect(await status('PUT', '/a', { body: 'x' })).toBe(403);
		await policy([{ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: objects }]);
		expect(await status('PUT', '/a', { body: 'x' })).toBe(200);
	});

	it('is refused by name when it can’t be judged', async () => {
		await start([]);
		await expect(policy([{ ...insecure, Condition: { NumericLessThan: { 's3:max-keys': '5' } } }])).rejects.toThrow(/the policy Policy/);
	});
});

describe('lifecycle rules', () => {
	const day = 24 * 3_600_000;
	const rules = { Rules: [{ Status: 'Enabled', Prefix: 'tmp/', ExpirationInDays: 1, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }] };

	it('end objects and uploads below their prefix, at a midnight', async () => {
		await start([statement('s3:*', '*')], { LifecycleConfiguration: rules });
		for (const key of ['tmp/a', 'kept']) await served.ask('PUT', `/${key}`, { body: 'x' });
		const [id = ''] = valuesOf(await (await served.ask('POST', '/tmp/u?uploads')).text(), 'UploadId');
		const found = async () => {
			served.s3.sweep();
			served.ahead.ms = 0;
			return [
				await status('HEAD', '/tmp/a'),
				await status('HEAD', '/kept'),
				await status('PUT', `/tmp/u?uploadId=${id}&partNumber=1`, { body: 'x' }),
			];
		};
		served.ahead.ms = day - 1;
		expect(await found()).toEqual([200, 200, 200]);
		served.ahead.ms = 2 * day;
		expect(await found()).toEqual([404, 200, 200]);
		served.ahead.ms = 3 * day;
		expect(await found()).toEqual([404, 200, 404]);
	});

	it('that are not known are refused by name', async () => {
		await start([]);
		const more = { Rules: [{ Status: 'Enabled', Transitions: [] }] };
		await expect(make(served.s3, [['Other', 'AWS::S3::Bucket', { LifecycleConfiguration: more }]])).rejects.toThrow('Transitions');
		await expect(make(served.s3, [['Other', 'AWS::S3::Bucket', { VersioningConfiguration: {} }]])).rejects.toThrow('VersioningConfiguration');
	});
});
