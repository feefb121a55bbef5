import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createS3 } from '../../../local/s3/s3.ts';
import { make } from '../scripted.ts';
import { problemOf, type ServedS3, serveS3, valuesOf } from './served.ts';

let served: ServedS3;
beforeEach(async () => {
	served = await serveS3();
});
afterEach(() => served.remove());

const put = (key: string, body: string | Buffer, headers: Record<string, string> = {}) => served.ask('PUT', `/${key}`, { body, headers });
const md5 = (text: string | Buffer): string => `"${createHash('md5').update(text).digest('hex')}"`;
const list = async (query: string): Promise<string> => (await served.ask('GET', `?list-type=2${query}`)).text();

describe('an object', () => {
	it('comes back as it was put: bytes, type, metadata, ETag', async () => {
		const bytes = Buffer.from(Array.from({ length: 300 }, (_, at) => at % 256));
		const stored = await put('a/b c%2Bd.bin', bytes, { 'content-type': 'application/x-test', 'cache-control': 'no-cache', 'x-amz-meta-who': 'ada' });
		expect([stored.status, stored.headers.get('etag')]).toEqual([200, md5(bytes)]);
		const got = await served.ask('GET', '/a/b c%2Bd.bin');
		expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes);
		const expected = {
			'content-type': 'application/x-test',
			'cache-control': 'no-cache',
			'x-amz-meta-who': 'ada',
			etag: md5(bytes),
			'content-length': '300',
		};
		for (const [name, value] of Object.entries(expected)) expect(got.headers.get(name), name).toBe(value);
		const head = await served.ask('HEAD', '/a/b c%2Bd.bin');
		expect([head.status, head.headers.get('content-length'), head.headers.get('last-modified')]).toEqual([
			200,
			'300',
			got.headers.get('last-modified'),
		]);
	});

	it('is one key of many, whatever stands in it', async () => {
		const names = ['a', 'a/b', 'a/b/', '../up', 'x//y', 'é', '__proto__', 'objects.json'];
		for (const name of names) expect((await put(encodeURIComponent(name), name)).status, name).toBe(200);
		for (const name of names) expect(await (await served.ask('GET', `/${encodeURIComponent(name)}`)).text(), name).toBe(name);
		expect(await problemOf(await put('k'.repeat(1025), 'x'))).toEqual([400, 'KeyTooLongError']);
	});

	it('is replaced whole, deleted, and deleting what is not there is no error', async () => {
		await put('a', 'one');
		await put('a', 'two!');
		expect(await (await served.ask('GET', '/a')).text()).toBe('two!');
		expect(readdirSync(join(served.world.folder('s3'), served.bucket, 'data'))).toHaveLength(1);
		expect([(await served.ask('DELETE', '/a')).status, (await served.ask('DELETE', '/a')).status]).toEqual([204, 204]);
		expect(await problemOf(await served.ask('GET', '/a'))).toEqual([404, 'NoSuchKey']);
		expect((await served.ask('HEAD', '/a')).status).toBe(404);
		expect(readdirSync(join(served.world.folder('s3'), served.bucket, 'data'))).toHaveLength(0);
	});

	it('is there after a restart', async () => {
		await put('kept', 'bytes', { 'x-amz-meta-a': 'b' });
		const again = createS3(served.world);
		await make(again, [['Data', 'AWS::S3::Bucket', {}]]);
		const found = again.find(`${served.bucket}.s3.us-east-1.amazonaws.com`, 'kept');
		expect(found?.headers.etag).toBe(md5('bytes'));
	});

	it('is sent in ranges', async () => {
		await put('r', '0123456789');
		const range = async (value: string) => {
			const answer = await served.ask('GET', '/r', { headers: { range: value } });
			return [answer.status, answer.headers.get('content-range'), answer.status < 300 ? await answer.text() : (await problemOf(answer))[1]];
		};
		expect(await range('bytes=0-3')).toEqual([206, 'bytes 0-3/10', '0123']);
		expect(await range('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89']);
		expect(await range('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
		expect(await range('bytes=5-500')).toEqual([206, 'bytes 5-9/10', '56789']);
		expect(await range('bytes=10-')).toEqual([416, null, 'InvalidRange']);
		expect(await range('bytes=0-1,3-4')).toEqual([200, null, '0123456789']);
	});

	it('is written under conditions', async () => {
		expect((await put('c', '1', { 'if-none-match': '*' })).status).toBe(200);
		expect(await problemOf(await put('c', '2', { 'if-none-match': '*' }))).toEqual([412, 'PreconditionFailed']);
		expect(await problemOf(await put('c', '2', { 'if-match': md5('0') }))).toEqual([412, 'PreconditionFailed']);
		expect((await put('c', '2', { 'if-match': md5('1') })).status).toBe(200);
		expect(await problemOf(await put('none', '2', { 'if-match': md5('1') }))).toEqual([404, 'NoSuchKey']);
		// of many at once one wins
		const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => put('race', `${at}`, { 'if-none-match': '*' })));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
	});

	it('is read under conditions', async () => {
		await put('c', '1');
		const get = (headers: Record<string, string>) => served.ask('GET', '/c', { headers });
		expect((await get({ 'if-none-match': md5('1') })).status).toBe(304);
		expect((await get({ 'if-none-match': md5('0') })).status).toBe(200);
		expect((await get({ 'if-match': md5('0') })).status).toBe(412);
		const modified = (await get({})).headers.get('last-modified') ?? '';
		expect([(await get({ 'if-modified-since': modified })).status, (await get({ 'if-unmodified-since': modified })).status]).toEqual([304, 200]);
	});

	it('is copied, with its metadata or with other', async () => {
		await put('from', 'bytes', { 'content-type': 'text/x', 'x-amz-meta-a': '1' });
		const copy = (key: string, headers: Record<string, string> = {}) =>
			served.ask('PUT', `/${key}`, { headers: { 'x-amz-copy-source': `/${served.bucket}/from`, ...headers } });
		expect(valuesOf(await (await copy('to')).text(), 'ETag')).toEqual(['&quot;4b3a6218bb3e3a7303e8a171a60fcf92&quot;']);
		const to = await served.ask('GET', '/to');
		expect([await to.text(), to.headers.get('content-type'), to.headers.get('x-amz-meta-a')]).toEqual(['bytes', 'text/x', '1']);
		await copy('other', { 'x-amz-metadata-directive': 'REPLACE', 'content-type': 'text/y' });
		const other = await served.ask('HEAD', '/other');
		expect([other.headers.get('content-type'), other.headers.get('x-amz-meta-a')]).toEqual(['text/y', null]);
		expect(await problemOf(await copy('from'))).toEqual([400, 'InvalidRequest']);
		expect(await problemOf(await served.ask('PUT', '/x', { headers: { 'x-amz-copy-source': `${served.bucket}/none` } }))).toEqual([404, 'NoSuchKey']);
	});

	it('is refused when it is not what its checksum says', async () => {
		const right = Buffer.alloc(4);
		right.writeUInt32BE(crc32('bytes'));
		const sum = { 'x-amz-checksum-crc32': right.toString('base64') };
		const stored = await put('s', 'bytes', sum);
		expect([stored.status, stored.headers.get('x-amz-checksum-crc32')]).toEqual([200, sum['x-amz-checksum-crc32']]);
		const got = await served.ask('GET', '/s', { headers: { 'x-amz-checksum-mode': 'ENABLED' } });
		expect(got.headers.get('x-amz-checksum-crc32')).toBe(sum['x-amz-checksum-crc32']);
		expect(await problemOf(await put('t', 'other', sum))).toEqual([400, 'BadDigest']);
		expect(await problemOf(await put('t', 'x', { 'content-md5': Buffer.alloc(16).toString('base64') }))).toEqual([400, 'BadDigest']);
		expect(await problemOf(await put('t', 'x', { 'x-amz-checksum-xxhash64': 'AAAAAA==' }))).toEqual([501, 'NotImplemented']);
		expect((await served.ask('HEAD', '/t')).status).toBe(404);
	});

	it.each([
		['crc32c', 'e3069283'],
		['crc64nvme', 'ae8b14860a799888'],
		['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
	])('has a checksum by %s', async (name, hex) => {
		const header = `x-amz-checksum-${name}`;
		expect((await put('n', '123456789', { [header]: Buffer.from(hex, 'hex').toString('base64') })).status).toBe(200);
		expect(await problemOf(await put('n', '123456788', { [header]: Buffer.from(hex, 'hex').toString('base64') }))).toEqual([400, 'BadDigest']);
	});

	it('comes in chunks with its checksum behind it, as SDKs send streams', async () => {
		const sum = Buffer.alloc(4);
		sum.writeUInt32BE(crc32('hello world'));
		const chunked = (trailer: string) => `6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:${trailer}\r\n\r\n`;
		const headers = {
			'content-encoding': 'aws-chunked',
			'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
			'x-amz-decoded-content-length': '11',
			'x-amz-trailer': 'x-amz-checksum-crc32',
		};
		expect((await put('chunked', chunked(sum.toString('base64')), headers)).status).toBe(200);
		const got = await served.ask('GET', '/chunked');
		expect([await got.text(), got.headers.get('content-encoding')]).toEqual(['hello world', null]);
		expect(await problemOf(await put('chunked', chunked('AAAAAA=='), headers))).toEqual([400, 'BadDigest']);
		expect(await problemOf(await put('chunked', 'nonsense', headers))).toEqual([400, 'InvalidRequest']);
	});
});

describe('a list', () => {
	beforeEach(async () => {
		for (const key of ['b', 'a/1', 'a/2', 'a/x/3', 'a<&>', 'c/1']) await put(encodeURIComponent(key), key);
	});

	it('has keys in the order of their bytes, below a prefix', async () => {
		expect(valuesOf(await list(''), 'Key')).toEqual(['a/1', 'a/2', 'a/x/3', 'a&lt;&amp;&gt;', 'b', 'c/1']);
		const below = await list('&prefix=a%2F');
		expect([valuesOf(below, 'Key'), valuesOf(below, 'KeyCount'), valuesOf(below, 'IsTruncated')]).toEqual([
			['a/1', 'a/2', 'a/x/3'],
			['3'],
			['false'],
		]);
		expect(valuesOf(below, 'Size')).toEqual(['3', '3', '5']);
		expect(valuesOf(await list('&encoding-type=url'), 'Key')).toContain('a%3C%26%3E');
		expect(valuesOf(await list('&start-after=a%2Fx%2F3'), 'Key')).toEqual(['a&lt;&amp;&gt;', 'b', 'c/1']);
	});

	it('puts what is behind a delimiter together', async () => {
		const top = await list('&delimiter=%2F');
		expect([valuesOf(top, 'Key'), [...top.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, one]) => one)]).toEqual([
			['a&lt;&amp;&gt;', 'b'],
			['a/', 'c/'],
		]);
	});

	it.each(['', '&delimiter=%2F'])('is continued page by page, each key or prefix once (%s)', async (more) => {
		const found: string[] = [];
		let token: string | undefined;
		let pages = 0;
		do {
			const page = await list(`&max-keys=2${more}${token === undefined ? '' : `&continuation-token=${encodeURIComponent(token)}`}`);
			found.push(...valuesOf(page, 'Key'), ...[...page.matchAll(/<CommonPrefixes><Prefix>([^<]*)/g)].map(([, one = '']) => one));
			[token] = valuesOf(page, 'NextContinuationToken');
			pages += 1;
		} while (token !== undefined);
		expect(new Set(found).size).toBe(found.length);
		expect([found.length, pages]).toEqual(more === '' ? [6, 3] : [4, 2]);
	});
});

it('many are deleted at once', async () => {
	for (const key of ['a', 'b', 'c&d']) await put(encodeURIComponent(key), key);
	const remove = (body: string) => served.ask('POST', '?delete', { body });
	const answer = await remove('<Delete><Object><Key>a</Key></Object><Object><Key>c&amp;d</Key></Object><Object><Key>none</Key></Object></Delete>');
	expect(valuesOf(await answer.text(), 'Key')).toEqual(['a', 'c&amp;d', 'none']);
	expect(valuesOf(await list(''), 'Key')).toEqual(['b']);
	const quiet = await remove('<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>');
	expect(valuesOf(await quiet.text(), 'Key')).toEqual([]);
	expect(await problemOf(await remove('<Delete></Delete>'))).toEqual([400, 'MalformedXML']);
	expect(await problemOf(await remove('<Delete><Object><Key>b</Key><VersionId>1</VersionId></Object></Delete>'))).toEqual([501, 'NotImplemented']);
});

it.each([
	['GET', '?acl'],
	['GET', '?list-type=1'],
	['GET', '?uploads'],
	['PUT', '/a?tagging'],
	['GET', '/a?versionId=1'],
	['GET', '/a?partNumber=1'],
	['PATCH', '/a'],
])('%s %s is refused by name', async (method, path) => {
	expect(await problemOf(await served.ask(method, path, method === 'PUT' ? { body: 'x' } : {}))).toEqual([501, 'NotImplemented']);
});

it.each([
	{ 'x-amz-acl': 'public-read' },
	{ 'x-amz-tagging': 'a=b' },
	{ 'x-amz-storage-class': 'GLACIER' },
	{ 'x-amz-server-side-encryption': 'aws:kms' },
])('a put with %j is refused by name', async (headers) => {
	expect(await problemOf(await put('a', 'x', headers))).toEqual([501, 'NotImplemented']);
});

it('a bucket that is not in the template is none', async () => {
	const elsewhere = await served.presign('GET', '/x', 60);
	expect((await fetch(elsewhere.replace('X-Amz-Signature=', 'X-Amz-Signature=0'))).status).toBe(403);
	const s3 = createS3(served.world);
	const answer = await s3.endpoints?.S3?.({
		method: 'GET',
		path: '/other-bucket/key',
		query: new URLSearchParams(),
		headers: {},
		body: Buffer.alloc(0),
		principal: { roleArn: '', sessionName: '' },
	});
	expect([answer?.status, String(answer?.body)]).toEqual([404, expect.stringContaining('NoSuchBucket')]);
});
