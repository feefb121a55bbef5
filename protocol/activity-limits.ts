/** What an agent may say of its session's activity. */
export const activity = {
	/** UTF-16 units of a program's name or a hold's reason */
	maxName: 80,
	/** things that go on at a time; the oldest are told */
	maxDoing: 16,
	maxNonce: 64,
	/** UTF-16 units of what `shellpod notify` says */
	maxNotice: 200,
	/** ms between two messages of an agent, and between two of its notices, news or not */
	floorMs: 10_000,
	/** bytes of a message: sixteen names of three bytes a character, and their numbers */
	maxBytes: 8 * 1024,
	/** ms between two messages without news */
	everyMs: 60_000,
	/** ms that a hold may last */
	maxHoldMs: 12 * 3_600_000,
} as const;
