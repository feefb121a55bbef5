import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test } from './support/visit.ts';

describe('input', () => {
	test('[I2] each key arrives exactly once and in order over a network that loses, doubles and mixes', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('echo ready; cat > typed\r');
		await viewer.shows('\nready');
		house.network.weather = { loss: 0.2, duplicate: 0.3, delay: 60 };
		const lines = Array.from({ length: 60 }, (_, n) => `key ${n} é`);
		for (const line of lines) {
			viewer.type(`${line}\r`);
			if (line.startsWith('key 20')) viewer.open();
			if (line.startsWith('key 40')) viewer.open('senderother1' as never);
		}
		await viewer.until(() => viewer.unacknowledged() === 0);
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		viewer.type('\x04echo end-of-it\r');
		await viewer.shows('\nend-of-it');
		expect(readFileSync(join(house.folder, 'typed'), 'utf8')).toBe(`${lines.join('\n')}\n`);
	});

	test('[I2] a paste of 300 KB arrives whole while the terminal is opened again and again', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('stty -echo -icanon; echo ready; head -c 300000 > typed; stty sane; echo all-of-it\r');
		await viewer.shows('\nready');
		const text = Array.from({ length: 30_000 }, (_, n) => `${n}`.padStart(9, '0'))
			.join('\n')
			.padEnd(300_000, '.');
		let openings = 0;
		viewer.type(text);
		while (viewer.unacknowledged() > 0) {
			const left = viewer.unacknowledged();
			viewer.open();
			openings++;
			await viewer.until(() => viewer.unacknowledged() < Math.max(1, left - 40_000));
		}
		await viewer.shows('\nall-of-it');
		expect(openings).toBeGreaterThan(4);
		const typed = readFileSync(join(house.folder, 'typed'), 'utf8');
		expect(typed === text).toBe(true);
	});

	test('[I1] a new run of the agent is a new epoch: nothing old is typed into it', async ({ house, enter }) => {
		const viewer = await enter('1');
		const { epoch } = viewer;
		viewer.type('echo old-agent\r');
		await viewer.shows('\nold-agent');
		house.network.weather = { loss: 1, duplicate: 0, delay: 0 };
		viewer.type('echo never-typed\r');
		await house.startAgent();
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		viewer.open();
		await viewer.until(() => viewer.epoch !== epoch);
		await viewer.shows('\nold-agent');
		expect(viewer.stats.dropped).toBeGreaterThan(0);
		viewer.type('echo new-agent\r');
		await viewer.shows('\nnew-agent');
		expect(viewer.text()).not.toContain('never-typed');
	});

	test('[T3] nonsense, strangers and gaps are dropped', async ({ house, enter }) => {
		const viewer = await enter('1');
		for (const nonsense of ['', 'x', '+', '+9|', 'nterminal1:1', 'nterminal1:1,9zz,5|', `iterminal1:${viewer.epoch},0,1,0,b|*`])
			house.network.toAgent(viewer.sender, nonsense);
		const head = { type: 'input', terminal: viewer.terminal, epoch: viewer.epoch as never, screen: viewer.screen, shown: 0 } as const;
		viewer.send({ ...head, offset: 1_000_000, bytes: Buffer.from('gap\r') });
		house.network.toAgent('stranger' as never, `iterminal1:${viewer.epoch},${'0'},1,0,u|echo stranger\r`);
		viewer.type('echo fine\r');
		await viewer.shows('\nfine');
		expect(viewer.text()).not.toMatch(/gap|stranger/);
	});

	test('[I2] acknowledges what it has written, and says what is echoed', async ({ enter }) => {
		const viewer = await enter('1');
		viewer.type('echo first\r');
		await viewer.until(() => viewer.unacknowledged() === 0);
		const typed = 'echo first\r'.length;
		const answers = viewer.stats.received;
		viewer.type('x');
		await viewer.until(() => viewer.stats.received > answers && viewer.unacknowledged() === 0);
		const carried = viewer.heard.filter((record) => record.type === 'output' && record.received > typed);
		expect(carried.length).toBeGreaterThan(0);
	});
});
