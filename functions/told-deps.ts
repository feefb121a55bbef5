/** Puts together session records whose writes are told. Apart, so that who seldom writes one loads it late. */
import { setTimeout } from 'node:timers/promises';
import type { Items } from './adapters/items.ts';
import { createSessions } from './adapters/sessions.ts';
import { createTell, type TellingDeps, told } from './core/telling.ts';
import { now } from './deps.ts';
import type { Log, Sessions } from './ports.ts';
import type { Gateway } from './relay-ports.ts';

/** Session records whose writes are told to their user's watchers. */
export const sessionsOf = (items: Items, access: TellingDeps['access'], gateway: Gateway, log: Log): Sessions =>
	told(createSessions(items), createTell({ access, gateway, wait: setTimeout, now, log }));
