import { createSigner } from '@shellpod/functions/sigv4.ts';
import { AwsV4Signer } from 'aws4fetch';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsAsync } from '../support/property.ts';

const words = fc.stringMatching(/^[!-~]{1,20}$/);
const paths = fc.array(fc.oneof(words.map(encodeURIComponent), fc.constantFrom('@connections', "it's(a)*test!")), { maxLength: 4 });
const requests = fc.record({
	method: fc.constantFrom('GET', 'POST', 'DELETE'),
	path: paths.map((segments) => `/${segments.join('/')}`),
	headers: fc.dictionary(fc.stringMatching(/^x-amz-[a-z]{1,8}$/), words, { maxKeys: 3, noNullPrototype: true }),
	body: fc.string({ unit: 'grapheme', maxLength: 40 }),
	now: fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
	sessionToken: fc.option(words, { nil: undefined }),
});

test('a signature is the one that another library makes, for any request without a query or an empty part of its path', async () => {
	const known = { region: 'eu-central-1', accessKeyId: 'ASIATEST', secretAccessKey: 'secret' };
	await holdsAsync(
		[requests],
		async ({ method, path, headers, body, now, sessionToken }) => {
			const identity = { ...known, ...(sessionToken !== undefined && { sessionToken }) };
			const url = new URL(`https://example.com:8443${path}`);
			const datetime = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
			const theirs = await new AwsV4Signer({ method, url: url.href, headers, body, ...identity, service: 'execute-api', datetime }).sign();
			const ours = createSigner(identity, 'execute-api').sign({ method, url, headers, body }, now);
			expect(ours.authorization).toBe(theirs.headers.get('authorization'));
			for (const [name, value] of theirs.headers) expect(ours[name]).toBe(value);
		},
		200,
	);
});

test('one signer signs on many days', () => {
	const identity = { region: 'us-east-1', accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
	const request = { method: 'POST', url: new URL('https://example.com/'), headers: {}, body: 'x' };
	const one = createSigner(identity, 'dynamodb');
	for (const day of ['2026-11-22', '2026-11-23', '2026-11-22'])
		expect(one.sign(request, new Date(`${day}T12:00:00Z`))).toEqual(createSigner(identity, 'dynamodb').sign(request, new Date(`${day}T12:00:00Z`)));
});
