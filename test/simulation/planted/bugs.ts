/** Every bug that can be planted: what a simulation finds none of proves nothing by finding nothing. */
import { lifecycleBugs } from './lifecycle-bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { policyBugs } from './policy-bugs.ts';
import { relayBugs } from './relay-bugs.ts';

export const bugs: readonly PlantedBug[] = [...lifecycleBugs, ...policyBugs, ...relayBugs];
