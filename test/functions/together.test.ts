import { together } from '@shellpod/functions/core/together.ts';
import { describe, expect, it } from 'vitest';

describe('calls that are made together', () => {
	it('[S15] have all ended when one of them fails', async () => {
		const slow = Promise.withResolvers<void>();
		let over: unknown;
		const all = together([Promise.reject(new Error('no answer')), slow.promise]).catch((error: unknown) => {
			over = error;
		});
		await new Promise((done) => void setImmediate(done));
		expect(over).toBeUndefined();
		slow.resolve();
		await all;
		expect(over).toEqual(new Error('no answer'));
	});

	it('give what each gives, in their order', async () => {
		expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
	});
});
