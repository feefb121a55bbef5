/** A session that is made, started, stopped and deleted again and again, so that a kill finds something under way. */
import type { Session, SessionList } from '@shellpod/protocol/http.ts';
import type { Operator } from '../support/operator.ts';
import type { Stack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { untilSo } from './processes.ts';

type Is = 'none' | 'running' | 'stopped';
export type Move = 'nothing' | 'slots' | 'create' | 'start' | 'restart' | 'stop' | 'delete';

export interface Moving {
	/** What may be done now. */
	moves(): readonly Move[];
	/** Begins it; resolves when it was answered, or when the answer is lost. */
	begin(move: Move, operator: Operator): Promise<void>;
	/** Waits until it is what was answered, or, where the answer was lost, what it was or should have become. */
	settle(): Promise<Is>;
}

/** what a session can be told, and what becomes of it then */
const possible: Record<Is, Partial<Record<Move, Is>>> = {
	none: { create: 'running' },
	running: { stop: 'stopped', restart: 'running', delete: 'none' },
	stopped: { start: 'running', delete: 'none' },
};
const looks: Partial<Record<Session['state'], Is>> = { Running: 'running', Stopped: 'stopped' };
/** ms between two looks by the API, which takes 20 requests a second of a user */
const lookMs = 100;
/** ms: a start with a try that failed and its pause */
const settleMs = 90_000;

export const createMoving = async (stack: Stack): Promise<Moving> => {
	let user: HttpUser | undefined;
	let users = 0;
	let name = '';
	let is: Is = 'none';
	let may: readonly Is[] = ['none'];

	const find = async (): Promise<Session | undefined> => {
		if (!user) return undefined;
		const { sessions } = (await user.api('GET', '/api/sessions')) as SessionList;
		return sessions.find((one) => one.name === name);
	};
	const tell = async (move: Move): Promise<void> => {
		if (move === 'create') {
			// each new one is somebody else's, so that no limit of a user is met
			users += 1;
			name = `moving-${users}`;
			user = await signInByHttp(stack, `mover-${users}`);
			await user.createSession(name);
			return;
		}
		const { id } = (await find()) ?? {};
		await user?.api(move === 'delete' ? 'DELETE' : 'POST', `/api/sessions/${id}${move === 'delete' ? '' : `/${move}`}`);
	};

	return {
		moves: () => ['nothing', 'slots', ...(Object.keys(possible[is]) as Move[])],
		begin: async (move, operator) => {
			const next = possible[is][move];
			if (next) may = [is, next];
			try {
				if (move === 'slots') await operator.invoke('slots');
				else if (next) await tell(move);
			} catch {
				return;
			}
			if (next) may = [next];
		},
		settle: async () => {
			let found: Session | undefined;
			is = await untilSo<Is>(
				async () => {
					found = await find();
					const now = found ? looks[found.state] : 'none';
					return now && may.includes(now) ? now : undefined;
				},
				() => `${name} should be ${may.join(' or ')}, and is ${JSON.stringify(found)}`,
				settleMs,
				lookMs,
			);
			may = [is];
			return is;
		},
	};
};
