/** A user pool that has too much to do: late, or 429. Pure: it decides, the stand-in waits. */
import type { Faults } from '../faults/faults.ts';
import type { AwsResponse } from '../stand-in.ts';

/** assumed: its body. The quota: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const tooMany: AwsResponse = {
	status: 429,
	headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' },
	body: JSON.stringify({ error: 'too_many_requests' }),
};

export const createOverload = (faults: Faults) => ({
	/** ms that the issuer's documents take */
	keysMs: (): number => faults.ms('jwks-slow') ?? 0,
	/** ms that an address of the domain takes, and what it answers instead of what it would */
	page(method: string, path: string): { ms: number; refused?: AwsResponse } {
		if (method !== 'POST' || path !== '/oauth2/token') return { ms: 0 };
		const ms = faults.ms('pool-slow') ?? 0;
		return faults.happens('pool-throttle') ? { ms, refused: tooMany } : { ms };
	},
});
