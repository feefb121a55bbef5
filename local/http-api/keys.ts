/** The public keys of issuers: fetched when a key isn't known, kept for a while. */
import type { KeyObject } from 'node:crypto';
import { parseKeys } from './jwt.ts';

export interface KeySource {
	/** Keys as known now; `missing` is a key id that they lack, which is worth another look. Empty when the issuer doesn't answer. */
	keys(issuer: string, missing?: string): Promise<ReadonlyMap<string, KeyObject>>;
}

/** documented: time and size of a fetch. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const fetchMs = 1_500;
const maxBytes = 150_000;
/** ms; assumed: AWS says that it keeps keys, not how long */
const keptMs = 5 * 60_000;
/** ms between two looks for keys that are not there */
const againMs = 2_000;

type Timeout = (ms: number) => AbortSignal;

const fetchJson = async (url: string, timeout: Timeout): Promise<unknown> => {
	const response = await fetch(url, { signal: timeout(fetchMs) });
	const text = await response.text();
	if (!response.ok || text.length > maxBytes) throw new Error(`${url} answered ${response.status} with ${text.length} bytes`);
	return JSON.parse(text);
};

/** @param timeout a signal that comes after so many ms */
export const createKeySource = (now: () => number, log: (line: string) => void, timeout: Timeout = AbortSignal.timeout): KeySource => {
	const known = new Map<string, { keys: ReadonlyMap<string, KeyObject>; at: number }>();
	return {
		keys: async (issuer, missing) => {
			const kept = known.get(issuer);
			const age = kept ? now() - kept.at : Number.POSITIVE_INFINITY;
			if (kept && age < (missing === undefined ? keptMs : againMs)) return kept.keys;
			try {
				const document = (await fetchJson(`${issuer}/.well-known/openid-configuration`, timeout)) as { jwks_uri?: string };
				const keys = parseKeys(await fetchJson(String(document.jwks_uri), timeout));
				known.set(issuer, { keys, at: now() });
				return keys;
			} catch (error) {
				log(`JWT authorizer: ${issuer} gives no keys: ${String(error)}`);
				return kept?.keys ?? new Map();
			}
		},
	};
};
