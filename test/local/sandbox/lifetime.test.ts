import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { createFixture, processesWith } from './fixture.ts';

/** Waits for what the container writes into its Home. */
const until = async (look: () => boolean): Promise<void> => {
	while (!look()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe.skipIf(sandboxProblem() !== undefined)("a container's life", () => {
	const fixture = createFixture();
	afterAll(fixture.remove);
	const wrote = (name: string) => () => readdirSync(fixture.home).includes(name);
	const mounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

	it('SIGTERM reaches its command, through the init too, and the code is the one it ends with', async () => {
		for (const init of [false, true]) {
			const name = `ready-${init}`;
			const container = fixture.start(`trap 'exit 3' TERM; touch /home/dev/${name}; while :; do sleep 0.02; done`, { init });
			await until(wrote(name));
			container.signal('SIGTERM');
			expect((await container.ended).code).toBe(3);
		}
	});

	it('SIGKILL ends everything in it', async () => {
		const container = fixture.start(`setsid nohup sleep 4711 & touch /home/dev/killed; trap '' TERM; sleep 4711`);
		await until(wrote('killed'));
		expect(processesWith('4711').length).toBeGreaterThan(0);
		container.signal('SIGKILL');
		expect((await container.ended).code).toBe(137);
		await until(() => processesWith('sleep\x004711').length === 0);
	});

	it('goes on when the stack is gone, and the next one finds it, its code and its end', async () => {
		const container = fixture.start('touch /home/dev/adopted; until [ -e /home/dev/end ]; do sleep 0.02; done; exit 5', { id: 'adopted' });
		await until(wrote('adopted'));
		const pids = container.pids();
		container.release();
		const found = fixture.again().adopt('adopted');
		await found?.launched;
		expect(found?.pids()).toEqual(pids);
		await fixture.run('touch /home/dev/end');
		expect(await found?.ended).toMatchObject({ code: 5, launched: true });
	});

	it('that ended while nobody looked still tells its code', async () => {
		const container = fixture.start('exit 6', { id: 'unseen' });
		await container.ended;
		expect((await fixture.again().adopt('unseen')?.ended)?.code).toBe(6);
	});

	it('kill -9 of all its host processes leaves no process and no mount, and the next stack sees an end without a code', async () => {
		const before = mounts();
		const container = fixture.start(`setsid nohup sleep 4712 & touch /home/dev/wiped; sleep 4712`, { id: 'wiped', init: true });
		await until(wrote('wiped'));
		container.release();
		expect(container.pids().length).toBeGreaterThanOrEqual(3);
		for (const pid of container.pids()) process.kill(pid, 'SIGKILL');
		await until(() => processesWith('sleep\x004712').length === 0 && processesWith(fixture.state).length === 0);
		expect(mounts()).toBe(before);
		expect(await fixture.again().adopt('wiped')?.ended).toEqual({ launched: true, output: '' });
		await fixture.sandbox.discard('wiped');
		expect(fixture.sandbox.ids()).not.toContain('wiped');
	});

	it('without its supervisor goes on, and its end has no code', async () => {
		const container = fixture.start('touch /home/dev/orphan; until [ -e /home/dev/end-orphan ]; do sleep 0.02; done', { id: 'orphan' });
		await until(wrote('orphan'));
		const [supervisor = 0] = container.pids();
		process.kill(supervisor, 'SIGKILL');
		container.release();
		const found = fixture.again().adopt('orphan');
		await until(() => found?.pids().length === 1);
		await fixture.run('touch /home/dev/end-orphan');
		expect(await found?.ended).toEqual({ launched: true, output: '' });
	});

	it("says why when its root can't be built", async () => {
		const end = await fixture.run('true', { binds: [{ source: '/nowhere/at/all', target: '/home/dev', readOnly: false }] });
		expect(end.launched).toBe(false);
		expect(end.output).toContain('/nowhere/at/all');
	});

	it('buries orphans when it has an init', async () => {
		const { output } = await fixture.run(
			`(sh -c 'exit 0' & exec true); for i in 1 2 3 4 5; do (sleep 0.01 &) ; done; sleep 0.2; ps -eo stat | grep -c Z`,
			{ init: true },
		);
		expect(output).toBe('0\n');
	});
});
