/** What this device remembers of the user's taste. Storage may be full, forbidden or hold anything. */

export interface Preferences {
	/** CSS pixels */
	fontSize: number;
	screenReader: boolean;
}

const key = 'shellpod-terminal';
/** CSS pixels */
const fontSizes = { min: 8, max: 32 } as const;

export const boundFontSize = (pixels: number): number => Math.max(fontSizes.min, Math.min(fontSizes.max, Math.round(pixels)));

export const loadPreferences = (storage: Storage, defaultFontSize: number): Preferences => {
	const preferences = { fontSize: defaultFontSize, screenReader: false };
	try {
		const kept: unknown = JSON.parse(storage.getItem(key) ?? '{}');
		if (typeof kept !== 'object' || kept === null) return preferences;
		if ('fontSize' in kept && typeof kept.fontSize === 'number' && Number.isFinite(kept.fontSize))
			preferences.fontSize = boundFontSize(kept.fontSize);
		if ('screenReader' in kept && typeof kept.screenReader === 'boolean') preferences.screenReader = kept.screenReader;
	} catch {
		// Then the defaults are good.
	}
	return preferences;
};

export const savePreferences = (storage: Storage, preferences: Preferences): void => {
	try {
		storage.setItem(key, JSON.stringify(preferences));
	} catch {
		// It holds for this page at least.
	}
};
