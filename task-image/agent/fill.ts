import { deflateRawSync } from 'node:zlib';
import { relay } from '@shellpod/protocol/limits.ts';
import { encodePayload, type Pack, type Payload, wholeCharacters } from '@shellpod/protocol/payload.ts';

export const pack: Pack = (bytes) => deflateRawSync(bytes).toString('base64');

/**
 * As many of these bytes as go into one message, encoded for it. How small they become is known only afterwards: what is too much is tried again
 * with what should fit by the ratio that it showed.
 */
export const fillMessage = (bytes: Uint8Array, packWith?: Pack): { length: number; payload: Payload } => {
	let limit: number = packWith ? relay.maxUnpackedBytes : relay.maxChunkBytes;
	for (;;) {
		const length = wholeCharacters(bytes, limit);
		const payload = encodePayload(bytes.subarray(0, length), packWith);
		if (payload.wireBytes <= relay.maxPayloadBytes) return { length, payload };
		limit = Math.max(relay.maxChunkBytes, Math.floor((length * relay.maxPayloadBytes * 0.95) / payload.wireBytes));
	}
};
