/** Every scenario that `npm run simulate` knows. */
import { lifecycle } from './lifecycle.ts';
import { oneLife } from './one-life.ts';
import { policy } from './policy.ts';
import { relay } from './relay.ts';
import type { Scenario } from './scenario.ts';
import { starts } from './starts.ts';

export const scenarios: readonly Scenario[] = [lifecycle, oneLife, policy, relay, starts];
