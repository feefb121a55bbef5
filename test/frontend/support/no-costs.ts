import type { Costs } from '@shellpod/protocol/costs.ts';

const nothing = { usd: 0, seconds: 0, units: 0 };

/** Of a user who has run nothing yet, in a November. */
export const noCosts = (): Costs => ({
	at: new Date().toISOString(),
	dayEnds: '2026-11-23T00:00:00.000Z',
	monthEnds: '2026-12-01T00:00:00.000Z',
	pricesAsOf: '2026-11-01',
	pricesRegion: 'us-east-1',
	perHour: 0,
	today: nothing,
	month: nothing,
	sessions: [],
	gone: { today: nothing, month: nothing },
	budget: null,
	chosenBudget: null,
	mostBudget: null,
});
