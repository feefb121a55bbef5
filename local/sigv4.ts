/** Checks AWS Signature Version 4 in the headers of a request, or in the address of one to S3. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CredentialStore, Principal } from './stand-in.ts';
import { pathOf, queryOf } from './wire.ts';

export interface SignedRequest {
	method: string;
	/** path and query as they came over the wire */
	target: string;
	/** lower-case names */
	headers: Readonly<Record<string, string>>;
	body: Buffer;
}

/** Why a request is not accepted; the names are AWS's. */
export type SignatureProblem =
	| 'MissingAuthenticationToken'
	| 'IncompleteSignature'
	| 'UnrecognizedClientException'
	| 'InvalidSignatureException'
	| 'AccessDeniedException'
	/** a presigned address after its time */
	| 'ExpiredToken';

export type Verified = { principal: Principal; accessKeyId: string; service: string } | { problem: SignatureProblem; message: string };

/** s that a presigned address can be good for. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const maxExpires = 7 * 24 * 3600;
/** a body in chunks with a checksum behind it, which S3 checks itself */
const unsignedBodies = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];

/** ms that a request's clock may be off */
const maxSkewMs = 5 * 60_000;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986: everything but unreserved characters is escaped. */
const escapeUri = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** `+` is a plus here, not a space: clients escape spaces as %20. */
const unescapeUri = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

/** The wire's path escaped once more, `.` and `..` and empty segments taken out, as every service but S3 has it. */
const canonicalPath = (path: string): string => {
	const segments: string[] = [];
	for (const segment of path.split('/'))
		if (segment === '..') segments.pop();
		else if (segment !== '' && segment !== '.') segments.push(escapeUri(segment));
	return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
};

/** S3 takes a path as it is: a key may hold `..` and empty segments, and its slashes may have come escaped. */
const plainPath = (path: string): string => unescapeUri(path).split('/').map(escapeUri).join('/');

const canonicalQuery = (query: string): string =>
	query === ''
		? ''
		: query
				.split('&')
				.map((pair) => {
					const equals = pair.indexOf('=');
					const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
					return [escapeUri(unescapeUri(name)), escapeUri(unescapeUri(value))] as const;
				})
				.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
				.map(([name, value]) => `${name}=${value}`)
				.join('&');

const authorizationPattern =
	/^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

const timeOf = (amzDate: string): number => {
	const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
	if (!found) return Number.NaN;
	const [, year, month, day, hour, minute, second] = found.map(Number) as [number, number, number, number, number, number, number];
	return Date.UTC(year, month - 1, day, hour, minute, second);
};

/** @param scope `<date>/<region>/<service>` */
const stringToSign = (request: SignedRequest, names: readonly string[], hash: string, amzDate: string, scope: string): string => {
	const path = pathOf(request.target);
	const canonical = [
		request.method,
		scope.endsWith('/s3') ? plainPath(path) : canonicalPath(path),
		canonicalQuery(queryOf(request.target)),
		...names.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
		'',
		names.join(';'),
		hash,
	].join('\n');
	return ['AWS4-HMAC-SHA256', amzDate, `${scope}/aws4_request`, sha256(canonical)].join('\n');
};

const derivedKey = (secret: string, date: string, region: string, service: string): Buffer =>
	hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');

export const createVerifier = (credentials: Pick<CredentialStore, 'find'>, now: () => number) => {
	/** A key is good for a day, a region and a service: one per caller here. */
	const keys = new Map<string, Buffer>();
	const signingKey = (secret: string, scope: readonly [string, string, string], accessKeyId: string): Buffer => {
		const name = `${accessKeyId}/${scope.join('/')}`;
		const known = keys.get(name);
		if (known) return known;
		const [date, region, service] = scope;
		const key = derivedKey(secret, date, region, service);
		if (keys.size > 10_000) keys.clear();
		keys.set(name, key);
		return key;
	};

	const wrongSignature: Verified = {
		problem: 'InvalidSignatureException',
		message: 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
	};
	const unknownCaller: Verified = { problem: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' };

	const matches = (secret: string, scope: readonly [string, string, string], accessKeyId: string, toSign: string, signature: string): boolean =>
		timingSafeEqual(hmac(signingKey(secret, scope, accessKeyId), toSign), Buffer.from(signature, 'hex'));

	/** By the address: whoever has it is its signer, for that method, path, query and those headers, until its end. */
	const byAddress = (request: SignedRequest): Verified => {
		const query = new URLSearchParams(queryOf(request.target).replaceAll('+', '%2B'));
		const incomplete: Verified = { problem: 'IncompleteSignature', message: 'Query-string authentication requires its X-Amz-* parameters' };
		const [accessKeyId = '', date = '', region = '', service = '', end] = (query.get('X-Amz-Credential') ?? '').split('/');
		const signature = query.get('X-Amz-Signature') ?? '';
		const amzDate = query.get('X-Amz-Date') ?? '';
		const expires = Number(query.get('X-Amz-Expires') ?? Number.NaN);
		const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
		if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || end !== 'aws4_request' || service !== 's3') return incomplete;
		if (!/^[0-9a-f]{64}$/.test(signature) || !names.includes('host') || !amzDate.startsWith(date)) return incomplete;
		if (!(expires >= 1 && expires <= maxExpires)) return incomplete;
		const caller = credentials.find(accessKeyId);
		if (!caller) return unknownCaller;
		const age = now() - timeOf(amzDate);
		if (!(age >= -maxSkewMs)) return { problem: 'IncompleteSignature', message: 'The address is not good yet' };
		if (age > expires * 1000) return { problem: 'ExpiredToken', message: 'Request has expired' };
		const target = request.target.replace(/([?&])X-Amz-Signature=[^&]*(?:&|$)/, '$1').replace(/[?&]$/, '');
		const hash = request.headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
		if (!unsignedBodies.includes(hash) && hash !== sha256(request.body)) return wrongSignature;
		const toSign = stringToSign({ ...request, target }, names, hash, amzDate, `${date}/${region}/${service}`);
		if (!matches(caller.secretAccessKey, [date, region, service], accessKeyId, toSign, signature)) return wrongSignature;
		return { principal: caller.principal, accessKeyId, service };
	};

	/** @param addresses whether a signature may stand in the address, which is then a secret */
	return (request: SignedRequest, addresses = false): Verified => {
		const { authorization } = request.headers;
		if (!authorization && addresses && /[?&]X-Amz-Signature=/.test(request.target)) return byAddress(request);
		if (!authorization) return { problem: 'MissingAuthenticationToken', message: 'Missing Authentication Token' };
		const parts = authorizationPattern.exec(authorization);
		if (!parts) return { problem: 'IncompleteSignature', message: 'Authorization header is not a complete AWS4-HMAC-SHA256 signature' };
		const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] = parts;
		const caller = credentials.find(accessKeyId);
		if (!caller) return unknownCaller;
		const amzDate = request.headers['x-amz-date'] ?? '';
		const skew = Math.abs(timeOf(amzDate) - now());
		if (!amzDate.startsWith(date) || !(skew <= maxSkewMs))
			return { problem: 'InvalidSignatureException', message: `Signature expired: ${amzDate} is not near ${new Date(now()).toISOString()}` };
		const names = signedHeaders.split(';');
		if (!names.includes('host'))
			return { problem: 'InvalidSignatureException', message: `'Host' must be a 'SignedHeader' in the AWS Authorization.` };
		const stated = request.headers['x-amz-content-sha256'];
		const hash = sha256(request.body);
		if (stated !== undefined && !unsignedBodies.includes(stated) && stated !== hash)
			return { problem: 'InvalidSignatureException', message: 'The provided x-amz-content-sha256 does not match what was computed.' };
		const toSign = stringToSign(request, names, stated ?? hash, amzDate, `${date}/${region}/${service}`);
		if (!matches(caller.secretAccessKey, [date, region, service], accessKeyId, toSign, signature)) return wrongSignature;
		return { principal: caller.principal, accessKeyId, service };
	};
};

export type Verifier = ReturnType<typeof createVerifier>;

/** The headers of the request and those that sign it. */
export const signHeaders = (
	request: SignedRequest,
	by: { accessKeyId: string; secretAccessKey: string; region: string; service: string },
	now: Date,
): Record<string, string> => {
	const amzDate = now.toISOString().replace(/[-:]|\.\d+/g, '');
	const date = amzDate.slice(0, 8);
	const headers: Record<string, string> = { ...request.headers, 'x-amz-date': amzDate };
	const names = Object.keys(headers).sort();
	const scope = `${date}/${by.region}/${by.service}`;
	const toSign = stringToSign({ ...request, headers }, names, sha256(request.body), amzDate, scope);
	const signature = hmac(derivedKey(by.secretAccessKey, date, by.region, by.service), toSign).toString('hex');
	headers.authorization = `AWS4-HMAC-SHA256 Credential=${by.accessKeyId}/${scope}/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signature}`;
	return headers;
};
