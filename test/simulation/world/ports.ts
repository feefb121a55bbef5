/** Every call that a function makes to the outside: counted, so that the function can be made to crash before or after any one of them. */
import type { Kernel } from '../kernel/kernel.ts';
import { type Life, never } from '../kernel/life.ts';
import type { Faults } from './faults.ts';

export interface CrashPlan {
	/** number of the call, from 0 */
	call: number;
	when: 'before' | 'after';
}

/** What makes calls: an environment of a function. */
export interface Caller {
	/** of the function */
	readonly name: string;
	readonly life: Life;
	/** Dies at once, without a word to anybody. */
	crash(why: string): void;
	/** calls that wait for their answer, by number */
	readonly pending: Map<number, string>;
}

export interface Ports {
	call<T>(caller: Caller, name: string, work: () => Promise<T>): Promise<T>;
	/** calls so far */
	readonly count: number;
	/** the function that the plan let crash; undefined while it hasn't */
	readonly crashed: string | undefined;
}

const crashes = { before: 'call-crash', after: 'call-crash-after' } as const;

export const createPorts = (kernel: Kernel, faults: Faults, plan?: CrashPlan): Ports => {
	let count = 0;
	let crashed: string | undefined;
	const dies = (caller: Caller, call: number, when: CrashPlan['when']): boolean => {
		if (!plan) return faults.happens(crashes[when]);
		if (plan.call !== call || plan.when !== when) return false;
		crashed = caller.name;
		// The only one: from here on every bound counts.
		faults.stop();
		return true;
	};
	return {
		call: async (caller, name, work) => {
			const call = count++;
			if (dies(caller, call, 'before')) {
				caller.crash(`before call ${call}: ${name}`);
				return never();
			}
			caller.pending.set(call, name);
			try {
				const answer = await caller.life.living(kernel.waiting(`${caller.life.name}: ${name}`, work()));
				if (!dies(caller, call, 'after')) return answer;
			} finally {
				caller.pending.delete(call);
			}
			caller.crash(`after call ${call}: ${name}`);
			return never();
		},
		get crashed() {
			return crashed;
		},
		get count() {
			return count;
		},
	};
};
