/**
 * What a program may ask a terminal. The page's terminal answers none of it: tmux asks nothing but at its beginning, and then the agent answers,
 * so whoever asks here wants to see bytes typed that nobody typed.
 */
import type { IParser } from '@xterm/xterm';

const csi = [
	{ final: 'c' },
	{ prefix: '>', final: 'c' },
	{ prefix: '=', final: 'c' },
	{ final: 'n' },
	{ prefix: '?', final: 'n' },
	{ prefix: '>', final: 'q' },
	{ intermediates: '$', final: 'p' },
	{ prefix: '?', intermediates: '$', final: 'p' },
	{ prefix: '?', final: 'u' },
	{ final: 't' },
];
/** palette, foreground, background, cursor: `?` asks instead of setting */
const colours = [4, 10, 11, 12];

export const leaveQuestionsOpen = (parser: IParser): void => {
	for (const id of csi) parser.registerCsiHandler(id, () => true);
	for (const id of colours) parser.registerOscHandler(id, (data) => data.includes('?'));
	parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => true);
};
