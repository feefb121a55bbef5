/**
 * CloudFront's patience with an origin that says nothing on a WebSocket.
 * Documented: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html
 */

/** ms */
export const silenceMs = 10 * 60_000;
/** ms between two looks: what the cut may be late */
export const lookMs = 5_000;

/** Says at each look whether the origin has been silent for too long. @param now ms, when the connection began */
export const createSilence = (now: number): ((sent: number, now: number) => boolean) => {
	let last = { sent: 0, at: now };
	/** @param sent bytes from the origin so far */
	return (sent, at) => {
		if (sent !== last.sent) last = { sent, at };
		return at - last.at >= silenceMs;
	};
};
