import { describe, expect } from 'vitest';
import { showsTheTruth, test } from './support/visit.ts';

describe('screens', () => {
	test('[O1] a terminal shows the session, and what is typed comes back', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('echo hello-$((6*7))\r');
		await viewer.shows('\nhello-42');
		// tmux names a window after its program a while later.
		await expect.poll(() => viewer.lines().at(-1)).toContain('0:bash');
		await showsTheTruth(house, viewer);
	});

	test('two viewers see the same, whoever types', async ({ house, enter }) => {
		const [first, second] = [await enter('1'), await enter('2')];
		first.type('echo one\r');
		await second.shows('\none');
		second.type('echo two\r');
		await first.shows('\ntwo');
		await Promise.all([showsTheTruth(house, first), showsTheTruth(house, second)]);
	});

	test('[O6] opened again it gets a new screen that is right, with the modes that programs have set', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type("printf '\\033[?2004h\\033[?1h'; seq 100; cat > /dev/null\r");
		await viewer.shows('100');
		const { screen } = viewer;
		viewer.open();
		await viewer.until(() => viewer.screen > screen);
		await viewer.shows('100');
		expect(viewer.modes()).toMatchObject({ bracketedPasteMode: true, applicationCursorKeysMode: true, mouseTrackingMode: 'drag' });
		await showsTheTruth(house, viewer);
	});

	test('[O6] the same terminal under another sender name goes on typing where it was', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type('echo before\r');
		await viewer.shows('\nbefore');
		house.network.cut(viewer.sender);
		viewer.type('echo meanwhile\r');
		viewer.open('senderagain1' as never);
		await viewer.shows('\nmeanwhile');
		expect(viewer.text().match(/echo meanwhile/g)).toHaveLength(1);
		expect(viewer.stats.dropped).toBe(0);
	});

	test('[O4] what got lost is sent again', async ({ house, enter }) => {
		const viewer = await enter('1');
		house.network.weather = { loss: 0.4, duplicate: 0.2, delay: 40 };
		viewer.type('for i in $(seq 40); do echo line-$i; done\r');
		await viewer.shows('line-40');
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		await showsTheTruth(house, viewer);
	});

	test('[O4] characters of several bytes arrive whole', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.type("for i in $(seq 300); do printf '\\u00e9\\u4e16\\u754c'; done; echo; echo done\r");
		await viewer.shows('\ndone');
		for (const record of viewer.heard) if (record.type === 'output') expect(Buffer.from(record.bytes).toString('utf8')).not.toContain('\ufffd');
		await showsTheTruth(house, viewer);
	});

	test('[O2] redraws of tmux are atomic and colours are true', async ({ enter }) => {
		const viewer = await enter('1');
		viewer.type("printf '\\033[38;2;1;2;3mcolour\\033[0m\\n'\r");
		await viewer.shows('\ncolour');
		viewer.type('\x02c');
		await viewer.shows('1:bash');
		const bytes = viewer.heard.flatMap((record) => (record.type === 'output' ? [Buffer.from(record.bytes)] : []));
		const stream = Buffer.concat(bytes).toString('utf8');
		expect(stream).toContain('\x1b[?2026h');
		expect(stream).toContain('\x1b[?2026l');
		expect(stream).toContain('38;2;1;2;3');
	});
});

describe('a flood', () => {
	test('[O5] stops at the window, costs no memory, and ends at Ctrl-C', async ({ house, enter }) => {
		const viewer = await enter('1');
		viewer.stall();
		const memory = process.memoryUsage().rss;
		viewer.type('yes\r');
		const before = viewer.stats.received;
		// tmux itself says that it goes on while nobody reads: the pane's history grows.
		for (let history = 0; history < 20_000; ) history = Number(await house.ask('display-message', '-p', '-t', 'main', '#{history_size}'));
		expect(viewer.stats.received - before).toBeLessThan(64 * 1024);
		expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 1024 * 1024);
		viewer.type('\x03');
		viewer.goOn();
		await viewer.until(() => viewer.unacknowledged() === 0);
		viewer.type('echo after-the-flood\r');
		await viewer.shows('\nafter-the-flood');
		await showsTheTruth(house, viewer);
	});

	test('a viewer that shows nothing does not slow another', async ({ house, enter }) => {
		const [stuck, quick] = [await enter('1'), await enter('2')];
		stuck.stall();
		quick.type('seq 100000\r');
		await quick.shows('\n100000\n$');
		stuck.goOn();
		await stuck.shows('\n100000\n$');
		await Promise.all([showsTheTruth(house, stuck), showsTheTruth(house, quick)]);
	});
});

describe('the grid', () => {
	test('[O7] is the size of the page that was opened last', async ({ house, enter }) => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		expect(laptop.grid()).toEqual({ columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		expect(phone.grid()).toEqual({ columns: 40, rows: 20 });
		await laptop.until(() => laptop.grid().columns === 40);
		await Promise.all([showsTheTruth(house, laptop), showsTheTruth(house, phone)]);
	});

	test('[O7] goes to who uses it on purpose, not to who only comes back', async ({ house, enter }) => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		await laptop.until(() => laptop.grid().columns === 40);
		laptop.wish(120, 40, 'use');
		await phone.until(() => phone.grid().columns === 120);
		const { screen } = phone;
		phone.open('senderphone2' as never);
		await phone.until(() => phone.screen > screen);
		expect(phone.grid()).toEqual({ columns: 120, rows: 40 });
		laptop.wish(100, 30, 'resize');
		await phone.until(() => phone.grid().columns === 100);
		expect(await house.ask('display-message', '-p', '-t', 'main', '#{window_width}x#{window_height}')).toBe('100x29');
	});

	test('[O7] goes to who typed last, whatever size was on its way to them meanwhile', async ({ house, enter }) => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const ipad = await enter('ipad', { columns: 90, rows: 50 });
		for (let round = 0; round < 3; round++) {
			// The iPad has not seen the laptop's grid when it types. What is still on its way would hold its keys back until after the other's.
			await Promise.all([laptop, ipad].map((device) => device.until(() => device.unacknowledged() === 0)));
			laptop.wish(120, 40, 'use');
			laptop.type(`echo laptop-${round}\r`);
			ipad.type(`echo ipad-${round}\r`);
			await Promise.all([ipad.shows(`\nipad-${round}`), laptop.shows(`\nlaptop-${round}`)]);
			// The agent has heard both; it may be at the laptop's grid still, or not have shown that yet.
			await expect
				.poll(() => house.ask('display-message', '-p', '-t', 'main', '#{window_width}x#{window_height}'), { timeout: 10_000 })
				.toBe('90x49');
			await Promise.all([laptop, ipad].map((device) => device.until(() => device.grid().columns === 90)));
		}
	});

	test('[O7] stays where somebody types when another window changes, or only gets the focus', async ({ enter }) => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const ipad = await enter('ipad', { columns: 90, rows: 50 });
		laptop.wish(100, 30, 'resize');
		laptop.type('\x1b[I\x1b[O');
		ipad.type('echo mine\r');
		await laptop.shows('\nmine');
		expect([laptop.grid(), ipad.grid()]).toEqual([ipad.size, ipad.size]);
		laptop.type('x');
		await ipad.until(() => ipad.grid().columns === 100);
	});

	test('is passed on when its owner closes', async ({ house, enter }) => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		phone.close();
		await laptop.until(() => laptop.grid().columns === 120);
		await showsTheTruth(house, laptop);
	});
});
