/** Terminal bytes inside a text frame: UTF-8 as it is (`u`) where it is whole UTF-8, else base64 (`b`). */

type Encoding = 'u' | 'b';

// ignoreBOM: a leading byte order mark is the program's byte like any other, and offsets count bytes.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const encodePayload = (bytes: Uint8Array): { encoding: Encoding; text: string } => {
	try {
		return { encoding: 'u', text: strict.decode(bytes) };
	} catch {
		let binary = '';
		for (const byte of bytes) binary += String.fromCharCode(byte);
		return { encoding: 'b', text: btoa(binary) };
	}
};

/** Throws TypeError on text that is not what its encoding says. */
export const decodePayload = (encoding: Encoding, text: string): Uint8Array => {
	if (encoding === 'u') return encoder.encode(text);
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new TypeError('not base64');
	try {
		return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
	} catch (cause) {
		throw new TypeError('not base64', { cause });
	}
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
