/** A page's terminal: it shows text, takes its time to parse it, and says what it is asked, as any terminal does. */
import type { Screen } from '../../../frontend/src/stream/screen.ts';
import { createAnswering } from './questions.ts';

export const createPageTerminal = (options: {
	/** Does this when so much time of a page that is awake is over as parsing takes. */
	parsing: (done: () => void) => void;
	/** It shows this, of which so many characters are new. */
	shows: (text: string, fresh: number) => void;
	/** It says this by itself. */
	says: (bytes: Uint8Array) => void;
}) => {
	const decoder = new TextDecoder();
	const answering = createAnswering();
	let shown = '';
	const show = (fresh: string, done: () => void): void => {
		shown += fresh;
		options.shows(shown, fresh.length);
		if (shown.length > 20_000) shown = shown.slice(-5_000);
		const said = answering(fresh);
		options.parsing(() => {
			if (said !== '') options.says(Buffer.from(said));
			done();
		});
	};
	const screen: Screen = {
		begin: (_, bytes, done) => {
			shown = '';
			show(decoder.decode(bytes), done);
		},
		write: (bytes, done) => show(decoder.decode(bytes), done),
	};
	return {
		screen,
		get shown() {
			return shown;
		},
	};
};
