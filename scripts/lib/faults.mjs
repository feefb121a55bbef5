// Under which faults the end-to-end tests run, and which of them make no sense there.

/** What the gateway does to them: names and values as `npm start -- --faults` knows them. */
export const faults = 'reorder=20%,drop=1%,dup=2%,delay=50..300ms,cut=30s,throttle=5%,disconnect-lost=5%';

/** What `npm test` runs of it. */
export const short = [{ seed: 1, specs: ['first-terminal', 'size'] }];

/** Left out under faults: a whole spec, or those of its tests. */
export const apart = [
	{
		spec: 'canaries',
		why: 'its viewer sends nothing again, so that a lost message stops it; secrets are looked for in what was written, faults or not',
	},
	{
		spec: 'sign-out',
		tests: ['signing out closes the terminals of that browser', 'the ninth terminal is told that eight are open'],
		why: 'they count connections, and say of some that they stay open: a cut ends those too',
	},
	{
		spec: 'sign-out',
		tests: ['a stop on one device is said at once on the others'],
		why: 'it shows that one message says so at once, and a message may be lost; the page then learns it by asking, which persistence shows',
	},
];

/** Names of specs that run under faults. */
export const faulty = (specs) => specs.filter((spec) => !apart.some((one) => one.spec === spec && one.tests === undefined));

/** For Playwright's --grep-invert; undefined when nothing is left out of these specs. */
export const leftOut = (specs) => {
	const titles = apart.filter(({ spec }) => specs.includes(spec)).flatMap(({ tests }) => tests ?? []);
	return titles.length ? titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') : undefined;
};
