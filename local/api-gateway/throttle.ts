/** Token buckets, as API Gateway throttles. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-protect.html */

export interface Rate {
	/** tokens per second */
	rate: number;
	/** tokens at most at once */
	burst: number;
}

/** Shared by HTTP APIs, WebSocket messages and @connections of an account and region. */
export const accountRate: Rate = { rate: 10_000, burst: 5_000 };
/** new WebSocket connections of an account and region */
export const connectRate: Rate = { rate: 500, burst: 500 };

export interface Bucket {
	/** Takes a token; false when there is none. */
	take(now: number): boolean;
}

export const createBucket = ({ rate, burst }: Rate): Bucket => {
	let tokens = burst;
	let filledAt = 0;
	return {
		take: (now) => {
			tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1000) * rate);
			filledAt = now;
			if (tokens < 1) return false;
			tokens -= 1;
			return true;
		},
	};
};
