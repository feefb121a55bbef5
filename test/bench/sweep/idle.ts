/** What the control plane costs while nobody does anything: with a session that runs and one that is stopped, beside a deployment without any. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { keys } from '@shellpod/functions/core/keys.ts';
import { Me } from '@shellpod/protocol/http.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { monthHours, prices } from '@shellpod/protocol/prices.ts';
import { askMeters } from '../../../local/meters/ask.ts';
import { costOf, priceOf } from '../../../local/meters/bill.ts';
import { type MeterName, meterNames, type Readings } from '../../../local/meters/meters.ts';
import { becomeOperator } from '../../support/operator.ts';
import { type Stack, startStack } from '../../support/stack.ts';
import { type HttpUser, signInByHttp } from '../../support/user.ts';

/** Of an hour. */
export interface Hourly {
	/** in units of the bill */
	meters: Readings;
	/** bytes that functions wrote into their logs, with the platform's own lines */
	logBytes: number;
	/** US dollars, of each that costs anything */
	costs: Readonly<Record<string, number>>;
	/** US dollars */
	cost: number;
}

export interface IdleCost {
	/** the deployment by itself: what runs every minute */
	deployment: Hourly;
	/** one session that runs and that nobody looks at, beside it */
	running: Hourly;
	/** bytes that the table has of a session that is stopped, as JSON, and what they cost in an hour; nothing is run for it */
	stopped: { bytes: number; cost: number };
}

/** ms until a start has been written down by the minute's sweep, and nothing of it is left to do */
const settleMs = 75_000;
/** s of four hellos of an agent, and of the one ping between them */
export const idleSeconds = 240;
/** bytes of the lines START, END and REPORT of an event, in JSON: assumed, since only AWS writes them */
const platformBytes = 700;

const logBytesOf = ({ state }: Stack): number => {
	const folder = join(state, 'logs');
	const files = readdirSync(folder).filter((name) => name.endsWith('.log') && name !== 'gateway-access.log');
	return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
};

const read = async (stack: Stack, environment: Record<string, string>) => ({ meters: await askMeters(environment), logs: logBytesOf(stack) });
type Read = Awaited<ReturnType<typeof read>>;

const hourly = (meters: Readings, logBytes: number): Hourly => {
	const logs = logBytes * (prices.logGigabyte / 1e9);
	const costs = Object.fromEntries(meterNames.flatMap((name) => (priceOf[name] === undefined ? [] : [[name, meters[name] * priceOf[name]]])));
	return { meters, logBytes, costs: { ...costs, logs }, cost: costOf(meters) + logs };
};

const between = (before: Read, after: Read, seconds: number): Hourly => {
	const anHour = 3_600 / seconds;
	const meters = Object.fromEntries(
		meterNames.map((name): [MeterName, number] => [name, (after.meters[name] - before.meters[name]) * anHour]),
	) as Record<MeterName, number>;
	return hourly(meters, (after.logs - before.logs) * anHour + meters['function invocations'] * platformBytes);
};

const minus = (all: Hourly, less: Hourly): Hourly =>
	hourly(
		Object.fromEntries(meterNames.map((name) => [name, all.meters[name] - less.meters[name]])) as Record<MeterName, number>,
		all.logBytes - less.logBytes,
	);

/** All items that are one session's: its record and what happened to it, and its slot. */
const bytesOfSession = async (stack: Stack, user: HttpUser, session: string): Promise<number> => {
	const operator = await becomeOperator(stack);
	try {
		const { items } = operator;
		const owner = userId(Me.parse(await user.api('GET', '/api/me')).id);
		const id = sessionId(session);
		const record = await createSessions(items).get(owner, id);
		const own = [keys.session(owner, id), keys.slot(record?.slot.uid ?? 0)];
		const found = [await Promise.all(own.map(items.get)), ...(await Promise.all(keys.partitionsOf(id).map((partition) => items.list(partition))))];
		return found.flat().reduce((sum, item) => sum + (item ? JSON.stringify(item).length : 0), 0);
	} finally {
		operator.release();
	}
};

/** Two stacks at once, so that both have the same minutes. */
export const measureIdle = async (seconds: number): Promise<IdleCost> => {
	const stacks: Stack[] = [];
	try {
		stacks.push(await startStack(), await startStack());
		const [, used] = stacks as [Stack, Stack];
		const user = await signInByHttp(used, 'bench');
		const { id: stopped } = await user.createSession('stopped');
		await user.reaches(stopped, 'Running');
		await user.api('POST', `/api/sessions/${stopped}/stop`);
		await user.reaches(stopped, 'Stopped');
		const { id: running } = await user.createSession('running');
		await user.reaches(running, 'Running');
		await pause(settleMs);

		const environments = await Promise.all(stacks.map((stack) => stack.awsEnvironment()));
		const look = (): Promise<Read[]> => Promise.all(stacks.map((stack, at) => read(stack, environments[at] ?? {})));
		const begun = performance.now();
		const before = await look();
		await pause(seconds * 1_000);
		const after = await look();
		const took = (performance.now() - begun) / 1_000;
		const [deployment, both] = stacks.map((_, at) => between(before[at] as Read, after[at] as Read, took)) as [Hourly, Hourly];
		const bytes = await bytesOfSession(used, user, stopped);
		return { deployment, running: minus(both, deployment), stopped: { bytes, cost: (bytes / 1e9) * (prices.tableGigabyteMonth / monthHours) } };
	} finally {
		for (const stack of stacks) await stack.dispose();
	}
};
