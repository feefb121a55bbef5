/** One house, one page, one way between them, on a clock that is faster than the machine's. */
import { senderId } from '@shellpod/protocol/ids.ts';
import { fasterClock } from '../../task-image/support/clocks.ts';
import { createHouse } from './house.ts';
import { createLink } from './link.ts';
import { createPage, type Size } from './page.ts';

/** how many times faster than the wall clock the time of both ends goes; programs have their own */
const pace = 10;

const nameOf = (connection: number) => senderId(`sender${connection}a`);

export const createWorld = ({ size, random, hangMs }: { size: Size; random: () => number; hangMs: number }) => {
	const clock = fasterClock(pace);
	const house = createHouse({ clock, send: (to, payload) => link.sendToPage(Number(/\d+/.exec(to)?.[0]), payload) });
	const link = createLink({
		clock,
		random,
		toAgent: (connection, payload) => house.receive(nameOf(connection), payload),
		toPage: (payload) => page.receive(payload),
		cut: () => page.stream.cut(),
		back: () => page.connected(),
	});
	const page = createPage({ clock, size, send: link.sendToAgent, hangMs });
	return {
		house,
		link,
		page,
		async demolish(): Promise<void> {
			link.close();
			page.close();
			await house.demolish();
		},
	};
};
