import { senderId } from '@shellpod/protocol/ids.ts';
import { describe, expect } from 'vitest';
import { test } from './support/visit.ts';

const name = senderId('senderother1');

describe('[T11] a viewer that comes by another connection', () => {
	test('goes on with the screen that it has', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('echo be"fore"\r');
		await viewer.shows('\nbefore');
		const { screen, epoch } = viewer;
		const told = viewer.heard.length;
		viewer.move(name);
		await viewer.until(() => viewer.heard.length > told);
		expect(viewer.heard[told]).toMatchObject({ type: 'screen', epoch, screen });
		viewer.type('echo af"ter"\r');
		await viewer.shows('\nafter');
		expect(viewer.text()).toContain('\nbefore');
		expect({ screen: viewer.screen, screens: viewer.stats.screens }).toEqual({ screen, screens: 1 });
		expect((await house.ask('list-clients')).split('\n').filter(Boolean)).toHaveLength(1);
	});

	test('gets a new screen when the one that it has is another, of another run of the agent, or at rest', async ({ enter, house }) => {
		const viewer = await enter('1');
		viewer.type('echo he"re"\r');
		await viewer.shows('\nhere');
		const { screen } = viewer;
		viewer.move(name, { screen: screen + 7, shown: 0 });
		await viewer.until(() => viewer.screen > screen);
		await house.startAgent();
		const { epoch } = viewer;
		viewer.move(senderId('senderthird1'));
		await viewer.until(() => viewer.epoch !== epoch);
		await viewer.shows('\nhere');
	});

	test('what comes late by the connection that it has left changes nothing', async ({ enter }) => {
		const viewer = await enter('1');
		const left = viewer.sender;
		const { screen } = viewer;
		viewer.move(name);
		viewer.type('echo mo"ved"\r');
		await viewer.shows('\nmoved');
		viewer.say(left, { type: 'open', terminal: viewer.terminal, version: 2, ...viewer.size });
		viewer.say(left, { type: 'close', terminal: viewer.terminal });
		viewer.type('echo st"ays"\r');
		await viewer.shows('\nstays');
		expect(viewer.screen).toBe(screen);
	});
});
