/**
 * AWS's request signature, for requests without a query. Our own, since the small libraries sign by the web's Headers, fetch and WebCrypto:
 * without those a cold start is over 10 ms shorter, and each request half a millisecond.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac } from 'node:crypto';

export interface AwsIdentity {
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
}

export interface Signable {
	method: string;
	url: URL;
	/** lower-case names; each is signed */
	headers: Readonly<Record<string, string>>;
	body: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Every service but S3 wants the path encoded once more than it is sent. */
const encodedPath = (path: string): string =>
	path
		.split('/')
		.map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`))
		.join('/');

export interface Signer {
	/** The headers to send, all of them. */
	sign(request: Signable, now: Date): Record<string, string>;
}

export const createSigner = (identity: AwsIdentity, service: string): Signer => {
	/** it is the same all day */
	let key: { day: string; value: Buffer } = { day: '', value: Buffer.alloc(0) };
	const keyOf = (day: string): Buffer => {
		if (key.day !== day) {
			const steps = [day, identity.region, service, 'aws4_request'];
			key = { day, value: steps.reduce<Buffer>((secret, step) => hmac(secret, step), Buffer.from(`AWS4${identity.secretAccessKey}`)) };
		}
		return key.value;
	};

	return {
		sign: ({ method, url, headers, body }, now) => {
			const time = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
			const day = time.slice(0, 8);
			const sent: Record<string, string> = {
				...headers,
				host: url.host,
				'x-amz-date': time,
				...(identity.sessionToken !== undefined && { 'x-amz-security-token': identity.sessionToken }),
			};
			const names = Object.keys(sent).sort();
			const signed = names.join(';');
			const lines = names.map((name) => `${name}:${sent[name]?.trim().replace(/\s+/g, ' ')}\n`).join('');
			const canonical = [method, encodedPath(url.pathname), '', lines, signed, sha256(body)].join('\n');
			const scope = `${day}/${identity.region}/${service}/aws4_request`;
			const signature = hmac(keyOf(day), ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
			return {
				...sent,
				authorization: `AWS4-HMAC-SHA256 Credential=${identity.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
			};
		},
	};
};
