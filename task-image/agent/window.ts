import { relay } from '@shellpod/protocol/limits.ts';

/** ms of the way's own speed that may be under way: what comes after it, an interrupt's effect above all, waits for so long at most */
const depthMs = 300;

/** [O5] How many bytes of messages may be on their way to a viewer, by how fast the way has shown itself to be. */
export const createWindow = () => {
	let bytes: number = relay.minWindowBytes;
	return {
		get bytes() {
			return bytes;
		},
		/**
		 * So many bytes were delivered in so many ms. `full`: as many were under way as may be, so that it was the way that took the time; else it
		 * may have been the program, and the way is as fast at least.
		 */
		delivered(count: number, ms: number, full: boolean): void {
			const wanted = Math.min(relay.windowBytes, Math.max(relay.minWindowBytes, Math.round((count / Math.max(1, ms)) * depthMs)));
			if (wanted > bytes || full) bytes = wanted;
		},
	};
};
