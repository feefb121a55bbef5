import { expect, test } from 'vitest';
import { loadPreferences, savePreferences } from '../../../frontend/src/terminal/preferences.ts';

const storageWith = (kept: string | null) => {
	let value = kept;
	return {
		getItem: () => value,
		setItem: (_: string, next: string) => {
			value = next;
		},
		removeItem: () => {},
		clear: () => {},
		key: () => null,
		length: 0,
	};
};

test('what was saved is there again', () => {
	const storage = storageWith(null);
	savePreferences(storage, { fontSize: 17, screenReader: true });
	expect(loadPreferences(storage, 14)).toEqual({ fontSize: 17, screenReader: true });
});

test.each([null, '', 'null', '7', '{"fontSize":"big"}', '{"fontSize":1e999}', 'not json'])('%j gives the defaults', (kept) => {
	expect(loadPreferences(storageWith(kept), 14)).toEqual({ fontSize: 14, screenReader: false });
});
