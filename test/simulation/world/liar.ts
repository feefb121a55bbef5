/** A program of the tenant's beside the agent, with all that the task's role may do: it takes tickets, keeps them, comes with old ones, and says what it likes. */
import { encodeHello } from '@shellpod/protocol/hello.ts';
import type { AgentTicket } from '@shellpod/protocol/http.ts';
import { versions } from '@shellpod/protocol/version.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Life } from '../kernel/life.ts';
import type { AgentDoors } from './agent-doors.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';

export interface LiarOptions {
	kernel: Kernel;
	faults: Faults;
	/** ends with its container */
	life: Life;
	task: TaskRecord;
	doors: AgentDoors;
	gateway: Gateway;
}

const falsehoods = ['OutOfMemoryError: it was killed', 'ResourceInitializationError: failed to mount EFS', 'capacity is unavailable', 'all is well'];

/** ms between two lies, and for which a ticket is kept, or a connection stays */
const pauses = [500, 20_000] as const;
const keeps = [500, 200_000] as const;
const stays = [100, 30_000] as const;

export const startLiar = ({ kernel, faults, life, task, doors, gateway }: LiarOptions): void => {
	const chance = kernel.random('liars');
	const among = ([low, high]: readonly [number, number]): number => Math.exp(chance.between(Math.log(low), Math.log(high)));
	const tickets: AgentTicket[] = [];

	const come = ({ url, protocols }: AgentTicket): void => {
		const hellos = chance.next() < 0.8 ? [...versions] : [999];
		const client = gateway.dial({
			life,
			url,
			protocols,
			owner: { task: task.arn },
			events: { open: () => client.send(encodeHello(hellos)), text: () => undefined, close: () => undefined },
		});
		life.after(among(stays), () => client.close(1000));
	};

	const lie = async (): Promise<void> => {
		faults.fires('agent-lies');
		const dice = chance.next();
		if (dice < 0.3) return doors.report(dice < 0.1 ? 'boot' : 'crash', falsehoods[Math.floor(chance.next() * falsehoods.length)] ?? '');
		if (dice < 0.6 || tickets.length === 0) {
			const answer = await doors.ticket();
			if (answer.kind !== 'ticket') return;
			tickets.push(answer.ticket);
			await life.sleep(among(keeps));
		}
		const ticket = tickets[Math.floor(chance.next() * tickets.length)];
		if (!ticket) return;
		// Several at once: one ticket is for one of them.
		for (let copies = chance.next() < 0.3 ? 4 : 1; copies > 0; copies--) come(ticket);
	};

	const again = (): void =>
		void life.after(among(pauses), () => {
			// Its last connection is gone soon: those that it has lied to are the agent's again.
			if (faults.stopped) return;
			void lie();
			again();
		});
	again();
};
