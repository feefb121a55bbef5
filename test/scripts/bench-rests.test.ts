import { expect, it } from 'vitest';
import { delaysAtRest } from '../bench/relay/rests.ts';

const truth = [
	{ at: 1_000, text: 'one' },
	{ at: 1_100, text: 'two' },
	{ at: 2_000, text: 'three' },
	{ at: 3_000, text: 'four' },
];

it('a rest begins with the last change, and is over with the next: how late the page was right, each time', () => {
	const page = [
		{ at: 1_050, text: 'one' },
		{ at: 1_180, text: 'two' },
		{ at: 2_090, text: 'three' },
		{ at: 2_500, text: 'wrong' },
		{ at: 2_600, text: 'three' },
	];
	expect(delaysAtRest(truth, page, 3_200)).toEqual([80, 600]);
});

it('a page that was right before nobody saw it is right at once; one that never was is late by the whole rest', () => {
	const page = [
		{ at: 1_090, text: 'two' },
		{ at: 2_100, text: 'else' },
	];
	expect(delaysAtRest(truth, page, 4_000)).toEqual([0, 1_000, 1_000]);
});
