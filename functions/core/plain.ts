/** What a tenant says, made fit to be shown. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences, whole, so that their letters don't stay
const sequences = /\x1b(?:\[[0-?]*[ -/]*[@-~]?|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~]?)/g;

/** Text without sequences, control, formatting and private characters and lone surrogates, on one line. May be empty. */
export const plain = (text: string): string =>
	text
		.replace(sequences, '')
		.replace(/[\p{C}\p{Z}]+/gu, ' ')
		.trim();
