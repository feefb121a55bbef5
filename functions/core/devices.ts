/** What somebody came with, in words of ours. A browser's own words say far more of its owner than anybody needs, and are whatever it likes: none are kept. */

/** first match counts: many say that they are others, too */
const browsers: readonly (readonly [RegExp, string])[] = [
	[/\bEdg(e|A|iOS)?\//, 'Edge'],
	[/\b(OPR|Opera)\//, 'Opera'],
	[/\bSamsungBrowser\//, 'Samsung Internet'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
	[/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
	[/\biPhone\b/, 'an iPhone'],
	[/\biPad\b/, 'an iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bMac OS X\b/, 'a Mac'],
	[/\bLinux\b/, 'Linux'],
];

/** characters of it that are read */
const most = 400;

const named = (list: typeof browsers, text: string): string | undefined => list.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox on Linux", "a browser on Android", "a program"; undefined when it says nothing of itself. */
export const deviceOf = (userAgent: string | null | undefined): string | undefined => {
	const text = userAgent?.slice(0, most);
	if (!text) return undefined;
	const [browser, system] = [named(browsers, text), named(systems, text)];
	if (browser) return system ? `${browser} on ${system}` : browser;
	return system ? `a browser on ${system}` : 'a program';
};
