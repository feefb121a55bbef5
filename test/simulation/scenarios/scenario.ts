/** What a scenario is: a story in a world, told anew for each seed. */
import type { Kernel } from '../kernel/kernel.ts';

export interface Tally {
	/** how often each fault happened, and whatever else is worth counting, by name */
	[name: string]: number;
}

export interface Scenario {
	readonly name: string;
	/** what it is about, one line */
	readonly about: string;
	/** what is to happen in enough seeds of it */
	readonly faults?: readonly string[];
	/** Every seed has the same chance: it is a number of what is done to one and the same world. */
	readonly oneWorld?: true;
	/** Tells the story; throws or tells the kernel what is broken. Gives what it counted. */
	tell(kernel: Kernel): Promise<Tally>;
}
