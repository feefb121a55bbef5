// Under which faults the end-to-end tests run, and which of them make no sense there.

/** Settings by name: names and values as `npm start -- --faults` knows them. */
export const settings = {
	gateway: 'reorder=20%,drop=1%,dup=2%,delay=50..300ms,cut=30s,throttle=5%,disconnect-lost=5%',
	'control-plane': [
		'cold-start=20%,recycle=10%,skew=20%,async-dup=5%,event-lost=20%,event-dup=20%,event-late=20%,event-refused=10%',
		'ddb-throttle=2%,ddb-error=2%,ddb-conflict=1%,ddb-stale=0..500ms,index-lag=0..1s',
		'ecs-start=1..8s,ecs-throttled=3%,list-stale=20%,stop-answer-lost=5%',
	].join(),
};

/** What `npm test` runs of it. A seed that ever failed is added here with what it found, where no cheaper test shows the same. */
export const short = [{ setting: 'gateway', seed: 1, specs: ['first-terminal'] }];

/** Left out under faults: a whole spec, or those of its tests. */
export const apart = [
	{
		spec: 'canaries',
		why: 'its viewer sends nothing again, so that a lost message stops it; secrets are looked for in what was written, faults or not',
	},
	{ spec: 'size', why: 'two devices type at the same instant, and the one whose keys arrive last has the size: with late messages either may' },
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
