/** Letters of a terminal's more difficult kinds, and how wide tmux 3.3a takes them to be: `letters.test.ts` asks it. */

/** what takes two columns */
export const wide = [
	'世',
	'界',
	'한',
	'가',
	'が',
	'🙂',
	'🥱',
	'🫠',
	'🧌',
	'👍🏽',
	'👩‍👩‍👧',
	'🏳️‍🌈',
	'🇩🇪',
	'⌚',
	'☺️',
	'❤️',
	'✂︎',
	'①',
	'…',
	'─',
	'ﾊ',
	'ａ',
	'１',
	'☕',
	'⚡',
	'䷀',
	'〰',
];
/** what joins, or nearly */
export const marks = [
	'e\u0301',
	'a\u0308\u0304',
	'n\u0303',
	'क\u094d',
	'ก\u0e49',
	'ש\u05c1',
	'x\u20dd',
	'o\u0336',
	'ﷺ',
	'ᄒ\u1161\u11ab',
	'Z\u0351\u0300\u0327\u0330',
	'1\ufe0f\u20e3',
	'ậ',
	'\u0e33',
];

const two = new Set('世界한가が🙂🥱🫠🧌👍🏽👩👧🌈⌚ａ１☕⚡䷀〰ᄒ');
const none = /^(?:\p{Mn}|\p{Me}|\u200d|\u1161|\u11ab)$/u;

/** Columns that tmux gives one code point. */
export const widthOf = (letter: string): number => (two.has(letter) ? 2 : none.test(letter) ? 0 : 1);
