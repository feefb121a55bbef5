/** The HTTP API between somebody and a function: latency both ways, the gateway's own limit, requests and answers that get lost. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Lambda } from './lambda.ts';

export interface HttpAnswer {
	status: number;
	/** JSON; undefined where the gateway itself answers */
	body: unknown;
}

/** Undefined when no answer came. */
export type Http = (name: string, event: unknown) => Promise<HttpAnswer | undefined>;

/** ms. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const gatewayMs = 30_000;

export const createHttp = (options: { kernel: Kernel; faults: Faults; lambda: Lambda }): Http => {
	const { kernel, faults, lambda } = options;
	const chance = kernel.random('http');
	const latency = (): Promise<void> => kernel.sleep(chance.between(5, 120), 'http');

	return async (name, event) => {
		await latency();
		if (faults.happens('http-lost')) return undefined;
		if (faults.happens('http-dup')) kernel.after(faults.spread('http-dup', 1, 30_000), `${name} again`, () => void lambda.invoke(name, event));
		const gaveUp = Promise.withResolvers<HttpAnswer>();
		const cancel = kernel.after(gatewayMs, 'http limit', () => gaveUp.resolve({ status: 503, body: undefined }));
		const answered = lambda.invoke(name, event).then((outcome): HttpAnswer => {
			if (outcome.kind !== 'success') return { status: outcome.kind === 'throttled' ? 503 : 500, body: undefined };
			const { status, body } = JSON.parse(outcome.payload) as HttpAnswer;
			return { status, body };
		});
		const answer = await Promise.race([answered, gaveUp.promise]);
		cancel();
		await latency();
		return faults.happens('http-lost') ? undefined : answer;
	};
};
