import { createPatience } from '@shellpod/protocol/patience.ts';
import { expect, test } from 'vitest';

const least = 3_000;
/** bytes */
const large = 3_001;

test('[O4] a quick way is waited for as little as may be, a slow one twice as long as it last took', () => {
	const patience = createPatience();
	expect(patience.wait(least, large)).toBe(least);
	patience.took(1_000);
	expect(patience.wait(least, large)).toBe(least);
	patience.took(8_000);
	expect([patience.wait(least, large), patience.wait(least, 10)]).toEqual([16_000, 16_000]);
	patience.took(1_000);
	expect(patience.wait(least, large)).toBe(least);
});

test('[O4] an acknowledgement that was kept back says only that the way is no slower than that', () => {
	const patience = createPatience();
	patience.took(2_000);
	patience.took(2_500, true);
	expect(patience.wait(least, 10)).toBe(4_000);
	patience.took(100, true);
	expect(patience.wait(least, 10)).toBe(least);
});

test('[O4] what would fill a slow way goes half as often each time; what is small does not wait for that', () => {
	const patience = createPatience();
	const waits = Array.from({ length: 8 }, () => {
		const wait = patience.wait(least, large);
		patience.missed(least, large);
		return wait / least;
	});
	expect(waits).toEqual([1, 2, 4, 8, 16, 20, 20, 20]);
	expect(patience.wait(least, least)).toBe(least);
	patience.took(100);
	expect(patience.wait(least, large)).toBe(least);
});

test('[O4] how long it took until one of several copies was acknowledged is how long the way may take, until something tells better', () => {
	const patience = createPatience();
	patience.tookCopies(20_000);
	expect(patience.wait(least, large)).toBe(least);
	patience.missed(least, large);
	patience.tookCopies(20_000);
	expect([patience.wait(least, large), patience.wait(least, 10)]).toEqual([40_000, least]);
	patience.missed(least, 10);
	expect(patience.wait(least, large)).toBe(40_000);
	patience.took(100);
	expect(patience.wait(least, large)).toBe(least);
});
