import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { dollarsOf } from '@shellpod/protocol/dollars.ts';
import { budgets, mostOfALimit } from '@shellpod/protocol/limits.ts';
import type { Node } from 'constructs';

/** What an operator may choose, by CDK context (`-c name=value`); everything has a default. */
export interface Settings {
	/** names the stacks, the sign-in domain and what is made at run time, so that one account can hold several */
	readonly deployment: string;
	/** folder with the built page */
	readonly page: string;
	/** TCP ports that sessions may reach anywhere */
	readonly egressPorts: readonly number[];
	/** free slots that are kept ready */
	readonly freeSlots: number;
	/** sessions that a user may have */
	readonly maxSessions: number;
	/**
	 * starts of sessions that a user may ask for in an hour, creating and restarting included. One every two minutes is more than anybody
	 * needs; as each costs at least a minute of a machine, they cost at most $0.03 an hour.
	 */
	readonly startsPerHour: number;
	/** sessions that a user may make in a day: each takes a Home, and an account has room for about 900 of them; a deleted one is given back when it leaves the trash */
	readonly createsPerDay: number;
	/** seconds that an agent may take to begin, and again to connect, before its start fails: 10 to 180 */
	readonly agentSeconds: number;
	/** how often in half an hour a session that ended unasked comes back by itself: 0 to 20 */
	readonly automaticRestarts: number;
	/** hours that a session may run without its user being seen: nothing that runs in it can lie its way past this */
	readonly unattendedHours: number;
	/** US dollars that a user's sessions may cost in a month: of those who have set no budget, at which they are stopped; and the most that anybody can set */
	readonly defaultBudget: number | undefined;
	readonly maxBudget: number | undefined;
	/** requests per second that the account's API Gateway quota allows (quota L-8A5B8E43); the throttles are shares of it */
	readonly gatewayRate: number;
	/** where alarms are mailed to; nowhere by default */
	readonly alarmEmail: string | undefined;
	/** reserve Lambda concurrency; fails on accounts whose limit is near 10, so never by default */
	readonly reserveConcurrency: boolean;
}

export const root = resolve(import.meta.dirname, '..');

/** @throws {Error} one line that names the context value that is wrong */
export const readSettings = (node: Node): Settings => {
	const text = (name: string, fallback: string): string => String(node.tryGetContext(name) ?? fallback);
	const count = (name: string, fallback: number): number => {
		const value = Number(text(name, String(fallback)));
		if (!Number.isSafeInteger(value) || value < 1) throw new Error(`context ${name} must be a whole number above 0`);
		return value;
	};
	const limit = (name: string, fallback: number): number => {
		const value = count(name, fallback);
		if (value > mostOfALimit) throw new Error(`context ${name} must be at most ${mostOfALimit}`);
		return value;
	};

	const between = (name: string, fallback: number, least: number, most: number): number => {
		const value = Number(text(name, String(fallback)));
		if (!Number.isSafeInteger(value) || value < least || value > most)
			throw new Error(`context ${name} must be a whole number from ${least} to ${most}`);
		return value;
	};

	const budget = (name: string): number | undefined => {
		const value = text(name, 'none');
		const usd = dollarsOf(value);
		if (usd === undefined && value !== 'none')
			throw new Error(`context ${name} must be a sum in US dollars from ${budgets.least} to ${budgets.most}, or none`);
		return usd;
	};
	const [defaultBudget, maxBudget] = [budget('defaultBudget'), budget('maxBudget')];
	if (defaultBudget !== undefined && maxBudget !== undefined && defaultBudget > maxBudget)
		throw new Error('context defaultBudget must not be above maxBudget');

	const deployment = text('deployment', 'shellpod');
	// It is the first part of `startedBy` (36 characters with session and generation) and of the sign-in domain.
	if (!/^[a-z][a-z0-9-]{0,11}$/.test(deployment)) throw new Error('context deployment must be 1 to 12 of a-z, 0-9 and -, beginning with a letter');

	const page = resolve(root, text('page', 'frontend/dist'));
	if (!statSync(resolve(page, 'index.html'), { throwIfNoEntry: false })) throw new Error(`no page at ${page}: npm run synth builds it`);

	const egressPorts = text('egressPorts', '443,80,22').split(',').map(Number);
	if (egressPorts.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
		throw new Error('context egressPorts must be ports, with commas between them');

	const alarmEmail = text('alarmEmail', '');
	if (alarmEmail !== '' && !/^[^\s@,;<>]{1,64}@[^\s@,;<>]+\.[^\s@,;<>.]{2,}$/.test(alarmEmail))
		throw new Error('context alarmEmail must be one e-mail address');

	return {
		deployment,
		page,
		egressPorts,
		freeSlots: count('freeSlots', 10),
		maxSessions: limit('maxSessions', 10),
		startsPerHour: limit('startsPerHour', 30),
		createsPerDay: limit('createsPerDay', 20),
		agentSeconds: between('agentSeconds', 90, 10, 180),
		automaticRestarts: between('automaticRestarts', 2, 0, 20),
		unattendedHours: count('unattendedHours', 168),
		defaultBudget,
		maxBudget,
		gatewayRate: count('gatewayRate', 10_000),
		alarmEmail: alarmEmail === '' ? undefined : alarmEmail,
		reserveConcurrency: text('reserveConcurrency', 'false') === 'true',
	};
};
