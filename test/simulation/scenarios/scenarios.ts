/** Every scenario that `npm run simulate` knows. */
import { lifecycle, oneLife } from './lifecycle.ts';
import { relay } from './relay.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [lifecycle, oneLife, relay];
