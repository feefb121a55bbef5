import { expect, it } from 'vitest';
import { createTiming } from '../../local/timing.ts';

it('says how long each part of a start took, the first from the beginning of the process on', () => {
	const clock = [310.4, 400, 1_000.2];
	const timing = createTiming(() => clock.shift() ?? 0);
	for (const part of ['loading', 'machine', 'first runs']) timing.ended(part);
	expect(timing.line()).toBe('start-up: loading 310 ms, machine 90 ms, first runs 600 ms');
});
