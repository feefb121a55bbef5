/** S10: seconds of tasks that are shown to their user are those that ECS ran, to a minute of each session, also where a user has several; and rule C6, of budgets. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { spentOf } from '@shellpod/functions/core/spending.ts';
import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import type { Budget } from '@shellpod/protocol/costs.ts';
import { prices, taskHour } from '@shellpod/protocol/prices.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ApiRequest } from '../world/api.ts';
import type { CallWatch } from '../world/lambda.ts';

export interface MeterWatch extends CallWatch {
	made(task: TaskRecord): void;
	changed(by: string, before: Item | undefined, after: Item | undefined): void;
	look(): void;
	/** Whatever has become of a session. */
	settle(): void;
	/** by a budget */
	readonly stops: number;
}

export interface MeterOptions {
	kernel: Kernel;
	whenCalm(run: () => void): void;
	records(): readonly SessionRecord[];
	/** the last records of sessions that are gone */
	gone(): readonly SessionRecord[];
}

const minute = 60_000;
/** s */
const tolerance = 60;
/** ms between two looks, and from the last fault to the first */
const every = 30_000;
const grace = 3 * minute;
/** ms between two looks of the control plane's at a budget, where it was told of it and where it wasn't; and until its word is done */
const looks = { told: 10 * minute, untold: 60 * minute, done: 2 * minute } as const;
/** As AWS charges: whole seconds, and a minute at least. */
const least = 60;

/** s */
const chargedOf = ({ pullStartedAt, stoppedAt }: TaskRecord, now: number): number =>
	pullStartedAt === undefined ? 0 : Math.max(least, Math.ceil(((stoppedAt ?? now) - pullStartedAt) / 1_000));

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

export const createMeterWatch = ({ kernel, whenCalm, records, gone }: MeterOptions): MeterWatch => {
	/** by session */
	const tasks = new Map<string, TaskRecord[]>();
	const users = new Map<string, UserRecord>();
	/** by user; `by`: who set it; `told`: its sessions were */
	const budgets = new Map<string, { budget: Budget | null; by: string; told: boolean; at: number }>();
	/** environments whose present request has said that it could not tell a session of a budget */
	const silent = new Set<string>();
	const asked = new Map<string, unknown>();
	/** by session: since when it runs on though its user's budget is used up */
	const over = new Map<string, number>();
	let calmSince = Number.POSITIVE_INFINITY;
	let nextAt = 0;
	let stops = 0;
	whenCalm(() => {
		calmSince = kernel.now();
		over.clear();
	});

	/** s */
	const ranOf = (session: string): number => sum((tasks.get(session) ?? []).map((task) => chargedOf(task, kernel.now())));
	const ownersOf = (): Map<string, string> => new Map([...gone(), ...records()].map(({ id, user }) => [id, user]));
	const meteredOf = (record: SessionRecord): number => spentOf(record, kernel.date()).month.seconds;

	const differs = (whose: string, metered: number, ran: number, sessions = 1): void => {
		if (Math.abs(metered - ran) > tolerance * sessions) kernel.violated('S10', `${whose}: ${metered} s are metered, and ${ran} s were run`);
	};

	const compare = (): void => {
		const metered = new Map<string, number>();
		const ran = new Map<string, number>();
		/** A user's is the sum of what is told of sessions, each to a minute. */
		const sessions = new Map<string, number>();
		const add = (map: Map<string, number>, user: string, seconds: number): void => void map.set(user, (map.get(user) ?? 0) + seconds);
		for (const [user, record] of users) add(metered, user, sum(Object.values(record.gone ?? {}).map(({ month }) => month.seconds)));
		for (const record of records()) {
			// What is already kept with its user is not counted twice.
			if (users.get(record.user)?.gone?.[record.id]) continue;
			const own = meteredOf(record);
			differs(record.id, own, ranOf(record.id));
			add(metered, record.user, own);
		}
		for (const [session, user] of ownersOf()) {
			add(ran, user, ranOf(session));
			add(sessions, user, tasks.has(session) ? 1 : 0);
		}
		for (const [user, seconds] of ran) differs(user, metered.get(user) ?? 0, seconds, sessions.get(user));
	};

	/** US dollars, of tasks alone: units are what an agent says. */
	const usedOf = (user: string): number =>
		(sum([...ownersOf()].flatMap(([session, owner]) => (owner === user ? [ranOf(session)] : []))) / 3_600) * taskHour;
	const unitsOf = (user: string): number =>
		sum([
			...records().flatMap((record) => (record.user === user ? [spentOf(record, kernel.date()).month.units] : [])),
			...Object.values(users.get(user)?.gone ?? {}).map(({ month }) => month.units),
		]) * prices.messageUnit;

	const budgeted = (): void => {
		for (const { id, user, desired, phase, phaseAt } of records()) {
			const known = budgets.get(user);
			const isOver = known?.budget?.stop && usedOf(user) >= known.budget.usd && desired.state === 'running' && phase === 'running';
			if (!isOver) {
				over.delete(id);
				continue;
			}
			const since = Math.max(over.get(id) ?? kernel.now(), known.at);
			over.set(id, since);
			// What begins to run is looked at as if it had been told.
			const isTold = known.told || Date.parse(phaseAt) > known.at;
			const due = Math.max(since + looks.told, isTold ? 0 : known.at + looks.untold);
			if (kernel.now() > due + looks.done) kernel.violated('C6', `${id} has run for ${(kernel.now() - since) / minute} min over its user's budget`);
		}
	};

	const stopped = (by: string, { id, user }: SessionRecord): void => {
		const budget = budgets.get(user)?.budget;
		stops += 1;
		if (!budget?.stop) kernel.violated('C6', `${id} was stopped by a budget, which its user had not chosen, by ${by}`);
		const own = records().filter((record) => record.user === user).length;
		const used = usedOf(user) + unitsOf(user) + (own * tolerance * taskHour) / 3_600;
		if (budget && used < budget.usd) kernel.violated('C6', `${id} was stopped at $${used} of $${budget.usd}, by ${by}`);
	};

	return {
		made: (task) => {
			const session = task.startedBy?.split('/')[1] ?? '';
			tasks.set(session, [...(tasks.get(session) ?? []), task]);
		},
		began: (by, _, event) => {
			asked.set(by, event);
			silent.delete(by);
		},
		read: () => undefined,
		failed: (by, event) => void (event === 'budget_not_told' && silent.add(by)),
		ended: (by, answer) => {
			const request = asked.get(by) as Partial<ApiRequest> | undefined;
			const known = request?.operation === 'budget' && by.startsWith('api#') ? budgets.get(request.user ?? '') : undefined;
			if (known?.by === by && (answer as { status: number }).status === 200 && !silent.has(by)) known.told = true;
		},
		changed: (by, before, after) => {
			if (after?.sk === 'USER') {
				const record = after.record as UserRecord;
				const user = String(after.pk).slice('USER#'.length);
				users.set(user, record);
				const request = asked.get(by) as Partial<ApiRequest> | undefined;
				if (request?.operation === 'budget' && by.startsWith('api#'))
					budgets.set(user, { budget: request.budget ?? null, by, told: false, at: kernel.now() });
			}
			const [old, next] = [before?.record, after?.record] as (SessionRecord | undefined)[];
			if (!String(after?.sk).startsWith('SESSION#') || !old || !next) return;
			if (next.desired.at !== old.desired.at && next.desired.why.startsWith('Your budget')) stopped(by, next);
		},
		look: () => {
			const now = kernel.now();
			if (now < nextAt || now < calmSince + grace) return;
			nextAt = now + every;
			compare();
			budgeted();
		},
		settle: compare,
		get stops() {
			return stops;
		},
	};
};
