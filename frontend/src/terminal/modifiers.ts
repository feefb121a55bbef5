/** Ctrl and Alt of the key bar: each waits for the next character and goes into it. */

export interface Modifiers {
	ctrl: boolean;
	alt: boolean;
}

/** What Ctrl makes of one character, as terminals have it; undefined where it makes nothing. */
const control = (char: string): string | undefined => {
	if (char === ' ' || char === '2') return '\x00';
	if (char === '?') return '\x7f';
	if (char === '/') return '\x1f';
	const code = char.toUpperCase().charCodeAt(0);
	return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : undefined;
};

/** CSI and SS3 keys carry modifiers as a number: 1 + 2 (Alt) + 4 (Ctrl). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const arrow = /^\x1b[[O]([A-DHF])$/;

export const withModifiers = (data: string, { ctrl, alt }: Modifiers): string => {
	if (!ctrl && !alt) return data;
	const letter = arrow.exec(data)?.[1];
	if (letter) return `\x1b[1;${1 + (alt ? 2 : 0) + (ctrl ? 4 : 0)}${letter}`;
	if ([...data].length !== 1) return data;
	const char = ctrl ? (control(data) ?? data) : data;
	return alt ? `\x1b${char}` : char;
};
