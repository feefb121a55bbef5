/** What an agent says of its session is so, on whatever clock its machine is (rules A1 to A4): each key that was heard, and in an answer all that goes on. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import { readActivity } from './signs.ts';

export interface SensesWatch {
	/** The program has heard a key that was typed at that time: the agent had it between the two, however late tmux has read it. */
	typed(container: Container, at: number): void;
	/** A container's agent says something to the control plane. */
	sent(container: Container, text: string): void;
}

/** ms by which what is said of a time may be off */
const off = 2_000;

export const createSensesWatch = (kernel: Kernel): SensesWatch => {
	/** by agent: when the last key that was heard was typed */
	const keys = new WeakMap<object, number>();
	const begun = new WeakMap<object, number>();

	return {
		typed: ({ agent }, at) => {
			if (agent) keys.set(agent, Math.max(at, keys.get(agent) ?? at));
		},
		sent: ({ agent, task, goings }, text) => {
			if (!agent) return;
			if (!begun.has(agent)) begun.set(agent, kernel.now());
			if (!text.startsWith('{"action":"activity"')) return;
			const now = kernel.now();
			const name = `the agent of ${task.id.slice(0, 6)}`;
			const said = readActivity(text);
			if (!said) {
				kernel.violated('A5', `${name} says what nobody understands: ${text.slice(0, 200)}`);
				return;
			}
			const key = keys.get(agent);
			if (key !== undefined && (said.inputMs === null || now - said.inputMs < key - off))
				kernel.violated('A1', `${name} says that nobody has typed for ${said.inputMs} ms, and a key was typed ${Math.round(now - key)} ms ago`);
			if (said.answer === undefined) return;
			const things = goings.all();
			const strange = said.doing.find(({ kind, name: what }) => !things.some((thing) => thing.kind === kind && thing.name === what));
			if (strange) kernel.violated('A5', `${name} answers that ${strange.kind} ${strange.name} goes on, which doesn't`);
			for (const thing of things) {
				// What its hooks said while there was no agent, the next one reads later.
				const isRead = thing.since <= (begun.get(agent) ?? 0) && (thing.kind === 'turn' || thing.kind === 'permission');
				const isTold = said.doing.some(
					({ kind, name: what, sinceMs, leftMs }) =>
						thing.kind === kind &&
						thing.name === what &&
						(isRead || Math.abs(now - sinceMs - thing.since) <= off) &&
						(thing.until === undefined || (leftMs !== undefined && Math.abs(now + leftMs - thing.until) <= off)),
				);
				if (!isTold) kernel.violated('A5', `${name} answers otherwise than it is: ${thing.kind} ${thing.name} goes on`);
			}
		},
	};
};
