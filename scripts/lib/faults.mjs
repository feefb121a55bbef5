// Under which faults the end-to-end tests run, and which of them make no sense there.

/** Settings by name: names and values as `npm start -- --faults` knows them. */
export const settings = {
	gateway: 'reorder=20%,drop=1%,dup=2%,delay=50..300ms,cut=30s,throttle=5%,disconnect-lost=5%',
	'control-plane': [
		'cold-start=20%,recycle=10%,skew=20%,async-dup=5%,event-lost=20%,event-dup=20%,event-late=20%,event-refused=10%',
		'ddb-throttle=2%,ddb-error=2%,ddb-late-error=2%,ddb-conflict=1%,ddb-stale=0..500ms,index-lag=0..1s',
		'ecs-start=1..8s,ecs-throttled=3%,list-stale=30%,run-answer-lost=10%,stop-answer-lost=5%,pool-throttle=10%',
	].join(),
};

/** What `npm test` runs of it. A seed that ever failed is added here with what it found, where no cheaper test shows the same. */
export const short = [{ setting: 'gateway', seed: 1, specs: ['first-terminal', 'size'] }];

/** Tests that are left out under faults. */
export const apart = [
	{
		spec: 'sign-out',
		tests: ['the ninth terminal is told that eight are open'],
		why: 'it counts connections: a cut gives a place away, and an end that nobody is told of keeps one',
	},
];

/** For Playwright's --grep-invert; undefined when nothing is left out of these specs. */
export const leftOut = (specs) => {
	const titles = apart.filter(({ spec }) => specs.includes(spec)).flatMap(({ tests }) => tests);
	return titles.length ? titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|') : undefined;
};
