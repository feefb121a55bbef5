/**
 * Terminal bytes inside a text frame: what is short as UTF-8 (`u`) where it is whole UTF-8, else in base64 (`b`); what is longer deflated,
 * in base64 (`d`), where that is smaller.
 */
import { inflate } from './inflate.ts';
import { relay } from './limits.ts';

export type Encoding = 'u' | 'b' | 'd';

/** Bytes as they go into a frame. */
export interface Payload {
	encoding: Encoding;
	text: string;
	/** of the frame, not of what is in it */
	wireBytes: number;
}

/** Raw deflate, in base64. */
export type Pack = (bytes: Uint8Array) => string;

// ignoreBOM: a leading byte order mark is the program's byte like any other, and offsets count bytes.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** `pack`: for a receiver that understands it. */
export const encodePayload = (bytes: Uint8Array, pack?: Pack): Payload => {
	if (pack && bytes.length > relay.minPackedBytes) {
		const text = pack(bytes);
		if (text.length < bytes.length) return { encoding: 'd', text, wireBytes: text.length };
	}
	try {
		return { encoding: 'u', text: strict.decode(bytes), wireBytes: bytes.length };
	} catch {
		let binary = '';
		for (const byte of bytes) binary += String.fromCharCode(byte);
		const text = btoa(binary);
		return { encoding: 'b', text, wireBytes: text.length };
	}
};

/** Throws TypeError on text that is not what its encoding says, and on what would become more than one record may hold. */
export const decodePayload = (encoding: Encoding, text: string): Uint8Array => {
	if (encoding === 'u') return encoder.encode(text);
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new TypeError('not base64');
	let binary: string;
	try {
		binary = atob(text);
	} catch (cause) {
		throw new TypeError('not base64', { cause });
	}
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
	return encoding === 'd' ? inflate(bytes, relay.maxUnpackedBytes) : bytes;
};

/**
 * How many of these bytes may go into one record of at most `limit` bytes without cutting a UTF-8 character:
 * a cut one would turn the whole record into base64, and a program's half character into two wrong ones.
 */
export const wholeCharacters = (bytes: Uint8Array, limit: number): number => {
	const end = Math.min(bytes.length, limit);
	// At most the last three bytes can belong to a character that is not complete.
	for (let back = 1; back <= Math.min(3, end); back++) {
		const byte = bytes[end - back] as number;
		if ((byte & 0xc0) === 0x80) continue;
		const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
		return length > back && end - back > 0 ? end - back : end;
	}
	return end;
};
