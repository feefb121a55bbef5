import { describe, expect } from 'vitest';
import { test } from './support/visit.ts';

/** 33 clients take longer to come than a ten times faster clock lets a viewer be silent. */
const inRealTime = test.extend({ pace: 1 });

describe('the end of a terminal', () => {
	test('[E2] Ctrl-B d detaches; opened again it is as it was', async ({ enter }) => {
		const viewer = await enter('1');
		viewer.type('echo still-here\r');
		await viewer.shows('\nstill-here');
		viewer.type('\x02d');
		await viewer.until(() => viewer.heard.some((record) => record.type === 'end'));
		expect(viewer.heard.at(-1)).toEqual({ type: 'end', terminal: viewer.terminal, reason: 'detached' });
		// What tmux says to the shell that it was started from belongs to nobody here; the last screen stays.
		expect(viewer.lines().join('\n')).toMatch(/^still-here$/m);
		expect(viewer.lines().join('\n')).not.toContain('[detached');
		viewer.open();
		await viewer.shows('\nstill-here');
	});

	test('[E2] the end of tmux is told to each viewer, and told again; open begins anew', async ({ house, enter }) => {
		const [first, second] = [await enter('1'), await enter('2')];
		house.network.cut(second.sender);
		await house.ask('kill-server');
		await first.until(() => first.heard.some((record) => record.type === 'end' && record.reason === 'exited'));
		house.network.mend(second.sender);
		const ask = (): void => second.beat(1);
		const stop = setInterval(ask, 20);
		await second.until(() => second.heard.some((record) => record.type === 'end' && record.reason === 'exited')).finally(() => clearInterval(stop));
		first.open();
		await first.shows('$');
	});

	test('[E1] a viewer that is silent for 45 s is let go, and comes back with its next word', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('sleep 2; echo quiet\r');
		await viewer.until(() => viewer.unacknowledged() === 0);
		const clients = async (): Promise<number> => (await house.ask('list-clients')).split('\n').filter(Boolean).length;
		expect(await clients()).toBe(1);
		viewer.stall();
		while ((await clients()) > 0);
		const { screen } = viewer;
		viewer.goOn();
		viewer.beat(1);
		await viewer.until(() => viewer.screen > screen);
		await viewer.shows('\nquiet');
	});

	test('[E1] close ends the tmux client; a page that comes back out of the cache goes on with its input', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('echo typed-before\r');
		await viewer.shows('\ntyped-before');
		viewer.close();
		while ((await house.ask('list-clients')) !== '');
		viewer.open();
		viewer.type('echo typed-after\r');
		await viewer.shows('\ntyped-after');
	});

	test('a version that the agent does not speak is refused', async ({ house, introduce }) => {
		const viewer = introduce('1');
		house.network.connectViewer(viewer.sender, () => undefined);
		const answers: string[] = [];
		house.network.connectViewer(viewer.sender, (payload) => answers.push(payload));
		viewer.send({ type: 'open', terminal: viewer.terminal, version: 99, columns: 80, rows: 24 });
		while (answers.length === 0) await new Promise(setImmediate);
		expect(answers).toEqual(['eterminal1:refused|']);
	});

	inRealTime('at most 32 terminals are shown: the one that was silent for longest rests', async ({ house, introduce, enter, viewers }) => {
		const first = await enter('first');
		for (let n = 0; n < 32; n++) introduce(`n${n}`).open();
		await Promise.all(viewers.slice(1).map((viewer) => viewer.shows('$')));
		const count = async (): Promise<number> => (await house.ask('list-clients')).split('\n').filter(Boolean).length;
		while ((await count()) > 32);
		expect(await count()).toBe(32);
		const { screen } = first;
		first.beat(1);
		await first.until(() => first.screen > screen);
	});
});
