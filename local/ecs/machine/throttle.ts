/** AWS's token buckets: so many at once, so many a second. */
import { rateExceeded } from './errors.ts';

export interface Bucket {
	/** @throws ThrottlingException when there are not that many left */
	take(count: number, now: number): void;
}

export const createBucket = (burst: number, perSecond: number): Bucket => {
	let left = burst;
	let at = 0;
	return {
		take: (count, now) => {
			left = Math.min(burst, left + (Math.max(0, now - at) * perSecond) / 1000);
			at = now;
			if (left < count) throw rateExceeded();
			left -= count;
		},
	};
};
