/** What a paste would do in a program that does not know pasting from typing (no bracketed paste): each line end is an Enter. */

/** what a preview shows at most */
const shown = { lines: 200, chars: 10_000 } as const;

/** Characters that are not seen, or that turn the order of what is seen round: a preview must not be another text than the paste. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029]/gu;
const named = (char: string): string => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;

/** Whether it would run something by itself. */
export const pressesEnter = (text: string): boolean => /[\r\n]/.test(text);

export interface PastePreview {
	/** lines that have an end or any text */
	lines: number;
	/** its beginning, with what is not seen by its code */
	text: string;
	/** there is more than `text` */
	cut: boolean;
}

export const previewOf = (text: string): PastePreview => {
	const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
	const some = lines.slice(0, shown.lines).join('\n').slice(0, shown.chars);
	return { lines: lines.length, text: some.replace(unseen, named), cut: lines.length > shown.lines || lines.join('\n').length > some.length };
};
