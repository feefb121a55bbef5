/**
 * One standard queue, without clocks: messages and time in, messages out.
 * documented: a message that was received is hidden for the visibility timeout, then there again; one that is too old is gone.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */

export interface Message {
	id: string;
	body: string;
	attributes: Readonly<Record<string, string>>;
	/** ms since 1970 */
	sentAt: number;
	/** ms since 1970: until then nobody receives it */
	hiddenUntil: number;
	received: number;
}

export interface QueueLimits {
	/** ms */
	retentionMs: number;
	visibilityMs: number;
}

export const createQueue = ({ retentionMs, visibilityMs }: QueueLimits, kept: readonly Message[] = []) => {
	let messages = [...kept];
	const look = (now: number): Message[] => {
		messages = messages.filter(({ sentAt }) => now - sentAt < retentionMs);
		return messages;
	};
	return {
		send: (id: string, body: string, attributes: Message['attributes'], now: number): void => {
			messages.push({ id, body, attributes, sentAt: now, hiddenUntil: now, received: 0 });
		},
		/** @param most from 1 to 10 */
		receive: (most: number, now: number, hiddenMs = visibilityMs): Message[] => {
			const found = look(now)
				.filter(({ hiddenUntil }) => hiddenUntil <= now)
				.slice(0, most);
			for (const message of found) {
				message.hiddenUntil = now + hiddenMs;
				message.received += 1;
			}
			return found;
		},
		remove: (id: string): void => {
			messages = messages.filter((one) => one.id !== id);
		},
		purge: (): void => {
			messages = [];
		},
		/** how many may be received now, and how many were and are hidden */
		count: (now: number): { visible: number; hidden: number } => {
			const hidden = look(now).filter(({ hiddenUntil }) => hiddenUntil > now).length;
			return { visible: messages.length - hidden, hidden };
		},
		all: (now: number): readonly Message[] => look(now),
	};
};
