/** Changes one line of the shipped code as it is loaded: nothing on disk is touched, and no other process sees it. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlantedBug } from './planted-bug.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** @throws Error when the bug's line is not there exactly once: the code has moved on, and the bug must follow it */
export const plantedSource = ({ name, file, source, instead }: PlantedBug, text: string): string => {
	const [before = '', after, ...more] = text.split(source);
	if (after === undefined) throw new Error(`the planted bug ${name}: ${file} has no ${JSON.stringify(source)}`);
	if (more.length > 0) throw new Error(`the planted bug ${name}: ${file} has ${more.length + 1} times ${JSON.stringify(source)}`);
	return before + instead + after;
};

/** What the file would be with the bug in it, and others of the same file. */
export const readPlanted = (bug: PlantedBug, ...more: readonly PlantedBug[]): string =>
	[bug, ...more].reduce((text, one) => plantedSource(one, text), readFileSync(join(root, bug.file), 'utf8'));

/** To be called before the code is loaded. Gives a check that it was. */
export const plant = (bug: PlantedBug): (() => void) => {
	const url = pathToFileURL(join(root, bug.file)).href;
	const source = readPlanted(bug);
	let loaded = false;
	registerHooks({
		load: (asked, context, next) => {
			if (asked !== url) return next(asked, context);
			loaded = true;
			return { ...next(asked, context), source };
		},
	});
	return () => {
		if (!loaded) throw new Error(`the planted bug ${bug.name}: nothing has loaded ${bug.file}`);
	};
};
