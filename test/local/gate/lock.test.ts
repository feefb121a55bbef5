import { describe, expect, it } from 'vitest';
import { createLock } from '../../../local/gate/lock.ts';

describe('the gate’s lock', () => {
	it('takes the right key and its cookie, no other', () => {
		const lock = createLock('right');
		expect(lock.attempt('right', 0)).toEqual({ result: 'right' });
		expect(lock.attempt('righ', 0)).toEqual({ result: 'wrong' });
		expect(lock.admits(lock.cookie)).toBe(true);
		expect(lock.admits('right')).toBe(false);
		expect(lock.admits(createLock('other').cookie)).toBe(false);
		expect(lock.cookie).not.toContain('right');
	});

	it('makes who guesses wait longer and longer, and looks at nothing meanwhile', () => {
		const lock = createLock('right');
		for (let mistake = 0; mistake < 3; mistake++) expect(lock.attempt('wrong', 0).result).toBe('wrong');
		expect(lock.attempt('wrong', 0)).toEqual({ result: 'wrong' });
		expect(lock.attempt('right', 999)).toEqual({ result: 'wait', ms: 1 });
		expect(lock.attempt('wrong', 1_000)).toEqual({ result: 'wrong' });
		expect(lock.attempt('right', 2_999)).toEqual({ result: 'wait', ms: 1 });
		expect(lock.attempt('right', 3_000)).toEqual({ result: 'right' });
		expect(lock.attempt('wrong', 3_000)).toEqual({ result: 'wrong' });
		expect(lock.attempt('right', 3_000)).toEqual({ result: 'right' });
	});

	it('never makes the owner wait more than 30 s', () => {
		const lock = createLock('right');
		let now = 0;
		for (let mistake = 0; mistake < 40; mistake++) {
			now += 30_000;
			expect(lock.attempt('wrong', now)).toEqual({ result: 'wrong' });
		}
		expect(lock.attempt('right', now + 30_000)).toEqual({ result: 'right' });
	});
});
