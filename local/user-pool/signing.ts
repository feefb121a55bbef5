/** The pool's key: RS256, kept on disk, so that tokens outlive a restart. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeWhole } from '../disk.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export interface Signer {
	/** a JWT of these claims */
	sign(claims: Record<string, unknown>): string;
	/** the document at jwks.json */
	jwks: { keys: Record<string, unknown>[] };
}

const keep = (file: string): KeyObject => {
	if (existsSync(file)) return createPrivateKey(readFileSync(file));
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	writeWhole(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
	return privateKey;
};

/**
 * @param file PEM of the private key; made if it isn't there
 * @param kid names the key in tokens and in the JWKS
 */
export const createSigner = (file: string, kid: string): Signer => {
	const key = keep(file);
	const { n, e } = createPublicKey(key).export({ format: 'jwk' });
	const header = encode({ kid, alg: 'RS256' });
	return {
		jwks: { keys: [{ alg: 'RS256', e, kid, kty: 'RSA', n, use: 'sig' }] },
		sign(claims) {
			const text = `${header}.${encode(claims)}`;
			return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
		},
	};
};
