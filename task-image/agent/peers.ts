import type { SenderId } from '@shellpod/protocol/ids.ts';
import type { Clock } from './clock.ts';

/** What `welcome` and `peer` say of a viewer. */
export interface Introduction {
	sender: string;
	tag: string;
	expiresInMs: number;
}

/** ms before its end at which a tag isn't used any more: it has a way to go before the relay judges it. */
const margin = 5_000;

/** The viewers that can be reached, each with the tag that its frames carry. Names are given by the control plane, never reused. */
export const createPeers = (clock: Clock) => {
	const tags = new Map<string, { tag: string; until: number }>();
	return {
		/** Adds or renews. What isn't in a new list stays until its tag ends: lists and single introductions may overtake each other. */
		meet(introductions: readonly Introduction[]): void {
			for (const [sender, { until }] of tags) if (until <= clock.now()) tags.delete(sender);
			for (const { sender, tag, expiresInMs } of introductions) tags.set(sender, { tag, until: clock.now() + expiresInMs - margin });
		},
		/** Whether it was ever announced; its tag may have ended. */
		knows: (sender: SenderId): boolean => tags.has(sender),
		tagOf(sender: SenderId): string | undefined {
			const found = tags.get(sender);
			return found && found.until > clock.now() ? found.tag : undefined;
		},
		forget: (sender: string): void => void tags.delete(sender),
		clear: (): void => tags.clear(),
	};
};
