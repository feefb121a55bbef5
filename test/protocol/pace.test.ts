import { pace as limits } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import { expect, test } from 'vitest';

test('[T8] after the wait that was told a message may go, whatever the sums are rounded to', () => {
	let now = 0;
	const pace = createPace(() => now);
	for (let message = 0; message < limits.burst; message++) pace.spend(0);
	// found by chance: a token came to 1 - 2e-16
	now += 463;
	for (let message = 0; message < 700; message++) {
		if (message === 56) now += 56;
		now += pace.wait();
		expect(pace.wait()).toBe(0);
		pace.spend(0);
	}
	expect(now).toBeGreaterThanOrEqual((700 * 1_000) / limits.perSecond);
});

test('[T8] what is said on credit is waited for afterwards; large messages count for more', () => {
	let now = 0;
	const pace = createPace(() => now);
	for (let message = 0; message < limits.burst + 10; message++) pace.spend(0);
	expect(pace.wait()).toBe((11 * 1_000) / limits.perSecond);
	now += 60_000;
	expect(pace.wait()).toBe(0);
	for (let message = 0; pace.wait() === 0; message++) {
		pace.spend(2 * limits.tokenBytes);
		expect(message).toBeLessThan(400);
	}
});
