import type { SenderId } from '@shellpod/protocol/ids.ts';

/** Names that a viewer has had and that are remembered: late words are seconds old, not reconnects old. */
const most = 16;

/** The connection that a terminal's viewer speaks on now, and those that it has left: a page goes on to new ones, never back. */
export const createNames = () => {
	let current: SenderId | undefined;
	const former = new Set<SenderId>();
	return {
		get current() {
			return current;
		},
		take(name: SenderId): void {
			if (current && current !== name) former.add(current);
			former.delete(name);
			const [oldest] = former;
			if (oldest && former.size > most) former.delete(oldest);
			current = name;
		},
		isFormer: (name: SenderId): boolean => former.has(name),
	};
};
