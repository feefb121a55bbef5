/** One workload on a page, watched beside tmux's own screen while it is metered. */
import { scheduler } from 'node:timers/promises';
import type { HeadlessPage } from '../../support/headless-page.ts';
import type { Stack } from '../../support/stack.ts';
import type { Traffic } from './cost.ts';
import { type Change, delaysAtRest } from './rests.ts';
import { createTimeline, stalenessAt } from './timeline.ts';
import { trafficBetween } from './traffic.ts';
import type { Truth } from './truth.ts';
import type { Workload } from './workloads.ts';

/** ms between two samples of the screen's age */
const sampleMs = 5;
/** ms after a key in which it counts as used, not watched */
const inputMs = 2_000;
/** ms without a change that are an end */
const restMs = 700;

export interface Watched {
	traffic: Traffic;
	minutes: number;
	/** ms that the page's screen was old, at each moment: while only watched, and within 2 s of input */
	ages: { watched: number[]; used: number[] };
	/** ms after tmux's last change before a rest until the page's screen was the same */
	ends: number[];
	keys: number;
}

export const watch = async (options: {
	stack: Stack;
	page: HeadlessPage;
	truth: Truth;
	workload: Workload;
	/** starts it; what it is typed with */
	command: string;
	/** ms of both: at first what a page has saved up is spent, then it is measured */
	warmUp: number;
	measured: number;
}): Promise<Watched> => {
	const { stack, page, truth, workload } = options;
	const [told, shown] = [createTimeline(), createTimeline()];
	const changes: { truth: Change[]; page: Change[] } = { truth: [], page: [] };
	const note = (all: Change[], at: number, text: string): void => {
		if (all.at(-1)?.text !== text) all.push({ at, text });
	};
	const rows = (lines: string[]): string => lines.slice(0, truth.lines().length).join('\n');
	const rested = (ms: number): boolean => {
		const [own, pages] = [changes.truth.at(-1), changes.page.at(-1)];
		return own !== undefined && own.text === pages?.text && performance.now() - Math.max(own.at, pages.at) > ms;
	};
	/** what was on the screen before it is not part of it */
	let begun = false;
	const stopLooking = truth.onLook((lines, at) => {
		if (begun) told.add(at, workload.progress(lines));
		note(changes.truth, at, lines.join('\n'));
	});
	const stopListening = page.onChange(() => {
		const [lines, at] = [page.lines(), performance.now()];
		if (begun) shown.add(at, workload.progress(lines));
		note(changes.page, at, rows(lines));
	});
	const until = async (isSo: () => boolean): Promise<void> => {
		while (!isSo()) {
			if (page.complaints.length > 0) throw new Error(page.complaints.join('; '));
			await scheduler.wait(20);
		}
	};

	await page.type('clear\r');
	await until(() => truth.lines().join('').length < 30 && rested(restMs));
	begun = true;
	const typed = [performance.now()];
	await page.type(options.command);
	await until(() => workload.progress(truth.lines()) >= 0);
	const begin = performance.now();
	await scheduler.wait(options.warmUp);

	const from = performance.now();
	const fromWall = Date.now();
	for (const { at, key } of workload.keys(options.measured)) {
		await scheduler.wait(Math.max(0, from + at - performance.now()));
		typed.push(performance.now());
		await page.type(key);
	}
	await scheduler.wait(Math.max(0, from + options.measured - performance.now()));
	const to = performance.now();
	const traffic = trafficBetween(stack, fromWall, fromWall + (to - from));
	await until(() => workload.progress(truth.lines()) === Number.POSITIVE_INFINITY);
	await until(() => rested(restMs));
	stopLooking();
	stopListening();

	const ages: Watched['ages'] = { watched: [], used: [] };
	for (let at = begin; at < to; at += sampleMs) {
		const used = typed.some((key) => at >= key && at < key + inputMs);
		// In between it is watched too, but from what was saved up.
		if (used || at >= from) ages[used ? 'used' : 'watched'].push(stalenessAt(told, shown, at));
	}
	const since = changes.truth.filter(({ at }) => at >= from);
	return { traffic, minutes: (to - from) / 60_000, ages, ends: delaysAtRest(since, changes.page, performance.now()), keys: typed.length - 1 };
};
