/** The beginning and the end of an update of the screen that is to be seen at once or not at all (DEC private mode 2026). */
const update = { begins: '\x1b[?2026h', ends: '\x1b[?2026l' } as const;

/** Where an update begins that doesn't end in these bytes; -1 where none does. */
export const openUpdate = (bytes: Buffer): number => {
	const begins = bytes.lastIndexOf(update.begins, undefined, 'latin1');
	return begins >= 0 && bytes.lastIndexOf(update.ends, undefined, 'latin1') < begins ? begins : -1;
};

/** Whether these are nothing but the beginning of a character. */
export const isCutCharacter = (bytes: Uint8Array): boolean => {
	const [lead] = bytes;
	if (lead === undefined || lead < 0xc0) return false;
	const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	return bytes.length < length && bytes.subarray(1).every((byte) => (byte & 0xc0) === 0x80);
};

// Control sequences, strings with their end, and short escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ\\`-~])/g;

/** Whether these bytes are nothing but escape sequences: they may clear a screen, and leave it empty. */
export const drawsNothing = (bytes: Buffer): boolean => bytes.toString('latin1').replace(escapes, '') === '';
