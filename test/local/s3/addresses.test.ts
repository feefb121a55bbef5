/** Presigned addresses: rights that are handed on. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { problemOf, type ServedS3, serveS3 } from './served.ts';

let served: ServedS3;
beforeEach(async () => {
	served = await serveS3();
});
afterEach(() => served.remove());

const put = (address: string, body: string, headers: Record<string, string> = {}) => fetch(address, { method: 'PUT', body, headers });

it('gives one object to whoever has it, under the name that it says', async () => {
	await served.ask('PUT', '/a b', { body: 'bytes' });
	const disposition = encodeURIComponent('attachment;filename="x.txt"');
	const got = await fetch(await served.presign('GET', `/a%20b?response-content-disposition=${disposition}`, 60));
	expect([got.status, await got.text(), got.headers.get('content-disposition')]).toEqual([200, 'bytes', 'attachment;filename="x.txt"']);
});

it('takes one object of the length that was signed', async () => {
	const address = await served.presign('PUT', '/up', 60, { 'content-length': '5', 'content-type': 'text/x' });
	expect(new URL(address).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
	expect(await problemOf(await put(address, 'longer', { 'content-type': 'text/x' }))).toEqual([403, 'SignatureDoesNotMatch']);
	expect(await problemOf(await put(address, 'right', { 'content-type': 'text/html' }))).toEqual([403, 'SignatureDoesNotMatch']);
	expect((await put(address, 'right', { 'content-type': 'text/x' })).status).toBe(200);
	const head = await served.ask('HEAD', '/up');
	expect([head.headers.get('content-length'), head.headers.get('content-type')]).toEqual(['5', 'text/x']);
});

it('is good for its method, its key and its query only', async () => {
	await served.ask('PUT', '/mine', { body: 'mine' });
	await served.ask('PUT', '/other', { body: 'other' });
	const address = await served.presign('GET', '/mine', 60);
	const wrong = [403, 'SignatureDoesNotMatch'];
	expect(await problemOf(await put(address, 'x'))).toEqual(wrong);
	expect(await problemOf(await fetch(address, { method: 'DELETE' }))).toEqual(wrong);
	expect(await problemOf(await fetch(address.replace('/mine?', '/other?')))).toEqual(wrong);
	expect(await problemOf(await fetch(`${address}&response-content-type=text/html`))).toEqual(wrong);
	expect(await problemOf(await fetch(address.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')))).toEqual(wrong);
	expect(
		await problemOf(
			await fetch(address.replace(/X-Amz-Signature=\w/, (one) => (one.endsWith('0') ? one.replace(/.$/, '1') : one.replace(/.$/, '0')))),
		),
	).toEqual(wrong);
	expect((await fetch(address)).status).toBe(200);
});

it('ends when it says, and is never good for more than a week', async () => {
	await served.ask('PUT', '/a', { body: 'x' });
	const address = await served.presign('GET', '/a', 60);
	served.ahead.ms = 58_000;
	expect((await fetch(address)).status).toBe(200);
	served.ahead.ms = 62_000;
	expect(await problemOf(await fetch(address))).toEqual([403, 'AccessDenied']);
	served.ahead.ms = 0;
	expect(await problemOf(await fetch(await served.presign('GET', '/a', 7 * 24 * 3600 + 1)))).toEqual([403, 'AuthorizationQueryParametersError']);
	// made for later: a clock that is far ahead
	served.ahead.ms = -600_000;
	expect(await problemOf(await fetch(address))).toEqual([403, 'AuthorizationQueryParametersError']);
});

it('is no way into other services, nor is another service’s signature one into S3', async () => {
	const address = await served.presign('GET', '/a', 60);
	expect((await fetch(address.replace('/s3/', '/dynamodb/'))).status).toBe(403);
	expect(await problemOf(await fetch(address.replace('%2Fs3%2F', '%2Fdynamodb%2F')))).toEqual([403, 'AuthorizationQueryParametersError']);
});

it('unsigned, nothing is given', async () => {
	await served.ask('PUT', '/a', { body: 'x' });
	expect(await problemOf(await fetch(`${served.base}/s3/${served.bucket}/a`))).toEqual([403, 'AccessDenied']);
	expect(await problemOf(await fetch(`${served.base}/s3/${served.bucket}/a?X-Amz-Signature=`))).toEqual([403, 'AuthorizationQueryParametersError']);
});
