import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { problemOf, type ServedS3, serveS3, valuesOf } from './served.ts';

let served: ServedS3;
beforeEach(async () => {
	served = await serveS3();
});
afterEach(() => served.remove());

const megabyte = 1024 * 1024;
const partOf = (letter: string, megabytes = 5): Buffer => Buffer.alloc(megabytes * megabyte, letter);
const md5 = (bytes: Buffer): Buffer => createHash('md5').update(bytes).digest();

const begin = async (key: string, headers: Record<string, string> = {}): Promise<string> =>
	valuesOf(await (await served.ask('POST', `/${key}?uploads`, { headers })).text(), 'UploadId')[0] ?? '';
const send = (key: string, id: string, number: number | string, body: Buffer) =>
	served.ask('PUT', `/${key}?partNumber=${number}&uploadId=${id}`, { body });
const complete = (key: string, id: string, parts: readonly (readonly [number, string])[], headers: Record<string, string> = {}) => {
	const listed = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`).join('');
	return served.ask('POST', `/${key}?uploadId=${id}`, { headers, body: `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>` });
};
const tag = (bytes: Buffer): string => `&quot;${md5(bytes).toString('hex')}&quot;`;

it('an upload in parts is one object when it is completed, not before', async () => {
	const id = await begin('big', { 'content-type': 'application/x-tar', 'x-amz-meta-a': '1' });
	const [one, two, three] = [partOf('a'), partOf('b', 6), Buffer.from('end')];
	// in any order, and again
	expect((await send('big', id, 3, three)).headers.get('etag')).toBe(`"${md5(three).toString('hex')}"`);
	await send('big', id, 1, partOf('x'));
	await send('big', id, 1, one);
	await send('big', id, 2, two);
	expect((await served.ask('HEAD', '/big')).status).toBe(404);
	const done = await complete('big', id, [
		[1, tag(one)],
		[2, tag(two)],
		[3, tag(three)],
	]);
	const etag = `"${createHash('md5')
		.update(Buffer.concat([md5(one), md5(two), md5(three)]))
		.digest('hex')}-3"`;
	expect([done.status, valuesOf(await done.text(), 'ETag')]).toEqual([200, [etag.replaceAll('"', '&quot;')]]);
	const got = await served.ask('GET', '/big');
	expect(Buffer.from(await got.arrayBuffer()).equals(Buffer.concat([one, two, three]))).toBe(true);
	expect([got.headers.get('etag'), got.headers.get('content-type'), got.headers.get('x-amz-meta-a')]).toEqual([etag, 'application/x-tar', '1']);
	const range = await served.ask('GET', '/big', { headers: { range: `bytes=${11 * megabyte - 1}-${11 * megabyte + 1}` } });
	expect(await range.text()).toBe('ben');
	expect(await problemOf(await send('big', id, 4, three))).toEqual([404, 'NoSuchUpload']);
	expect(readdirSync(join(served.world.folder('s3'), served.bucket, 'uploads'))).toEqual([]);
});

it('parts are refused that are too small, unknown, doubled or out of order', async () => {
	const id = await begin('k');
	const small = Buffer.from('small');
	await send('k', id, 1, small);
	await send('k', id, 2, small);
	const both: [number, string][] = [
		[1, tag(small)],
		[2, tag(small)],
	];
	expect(await problemOf(await complete('k', id, both))).toEqual([400, 'EntityTooSmall']);
	expect(await problemOf(await complete('k', id, both.toReversed()))).toEqual([400, 'InvalidPartOrder']);
	expect(await problemOf(await complete('k', id, [[3, tag(small)]]))).toEqual([400, 'InvalidPart']);
	expect(await problemOf(await complete('k', id, [[1, tag(Buffer.from('x'))]]))).toEqual([400, 'InvalidPart']);
	expect(await problemOf(await complete('k', id, []))).toEqual([400, 'MalformedXML']);
	expect(await problemOf(await complete('k', id, [[2, tag(small)]], { 'x-amz-mp-object-size': '6' }))).toEqual([400, 'InvalidRequest']);
	expect(await problemOf(await complete('k', id, [[2, tag(small)]], { 'x-amz-checksum-crc32': 'AAAAAA==' }))).toEqual([501, 'NotImplemented']);
	for (const number of [0, 10_001, 'x']) expect(await problemOf(await send('k', id, number, small))).toEqual([400, 'InvalidArgument']);
	expect((await complete('k', id, [[2, tag(small)]])).status).toBe(200);
});

it('an upload that is aborted leaves nothing', async () => {
	const id = await begin('k');
	await send('k', id, 1, Buffer.from('x'));
	expect((await served.ask('DELETE', `/k?uploadId=${id}`)).status).toBe(204);
	expect(await problemOf(await served.ask('DELETE', `/k?uploadId=${id}`))).toEqual([404, 'NoSuchUpload']);
	expect(readdirSync(join(served.world.folder('s3'), served.bucket, 'uploads'))).toEqual([]);
});

it('an upload is of its key only, and its id is no path', async () => {
	const id = await begin('mine');
	expect(await problemOf(await send('other', id, 1, Buffer.from('x')))).toEqual([404, 'NoSuchUpload']);
	for (const strange of ['..', '../objects', encodeURIComponent('../../x')])
		expect(await problemOf(await send('mine', strange, 1, Buffer.from('x')))).toEqual([404, 'NoSuchUpload']);
});

it('an upload takes no key that is taken, when that is asked for', async () => {
	const id = await begin('k');
	await send('k', id, 1, Buffer.from('late'));
	await served.ask('PUT', '/k', { body: 'first' });
	expect(await problemOf(await complete('k', id, [[1, tag(Buffer.from('late'))]], { 'if-none-match': '*' }))).toEqual([412, 'PreconditionFailed']);
	expect(await (await served.ask('GET', '/k')).text()).toBe('first');
	expect((await complete('k', id, [[1, tag(Buffer.from('late'))]])).status).toBe(200);
});
