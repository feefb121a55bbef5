/** The whole product while the gateway does all that it may: what is typed arrives once and in order, and the screen is true. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { askMeters } from '../../local/meters/ask.ts';
import { costLine } from '../../local/meters/bill.ts';
import { countAccessLog } from '../support/access-log.ts';
import { openHeadlessPage } from '../support/headless-page.ts';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';

const faults = [
	'reorder=20%,drop=3%,dup=20%,delay=5..80ms,cut=5..15s,throttle=3%,slow-consumer=0.2%',
	'half-open=20%,disconnect-lost=10%,disconnect-late=30%,disconnect-dup=10%,upgrade=10%',
].join();
/** lines that are typed before the screen is looked at; that are typed at least, and connections that the page has had by then */
const atOnce = 5;
const enough = { lines: 60, connections: 2 };

it.each([1, 2])(
	'[aws-A18f] [aws-A18g] nothing is lost, doubled or out of order (seed %i); the meters say what the access log says',
	{ timeout: 180_000 },
	async (seed) => {
		const stack = await startStack({ faults, seed });
		try {
			const user = await signInByHttp(stack, 'ann');
			const { id } = await user.createSession('faults');
			await user.reaches(id, 'Running');
			const page = openHeadlessPage(stack, user, id);
			await page.shows((lines) => lines.some((line) => line.endsWith('$')));
			await page.type('clear; echo begin-$((1+1)); cat > typed\r');
			await page.shows((lines) => lines.includes('begin-2'));
			const typed: string[] = [];
			while (typed.length < enough.lines || page.connections < enough.connections) {
				for (let one = 0; one < atOnce; one++) {
					typed.push(`line ${typed.length + 1}.`);
					await page.type(`${typed.at(-1)}\r`);
				}
				await page.shows((lines) => lines.includes(typed.at(-1) ?? ''));
				const rows = page.lines().filter((line) => line.endsWith('.'));
				expect(rows).toEqual(typed.slice(-rows.length));
			}
			await page.type('\x04');
			await page.type('clear; for n in $(seq 1 20); do echo shown $n; done; echo end-$((1+1))\r');
			await page.shows((lines) => lines.includes('end-2'));
			const wanted = [...Array.from({ length: 20 }, (_, at) => `shown ${at + 1}`), 'end-2'];
			await page.shows((lines) => lines.slice(0, wanted.length).join() === wanted.join());
			const [file = ''] = globSync(join(stack.state, 'efs/**/typed'));
			expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual(typed);
			expect(page.complaints).toEqual([]);
			console.log(`seed ${seed}: ${page.connections} connections of the page; ${costLine(await askMeters(await stack.awsEnvironment()))}`);
			page.close();
			await stack.interrupt();
			const logs = join(stack.state, 'logs');
			const { exact } = countAccessLog(join(logs, 'gateway-access.log'));
			expect(JSON.parse(readFileSync(join(logs, 'meters.json'), 'utf8'))).toMatchObject(exact);
		} finally {
			await stack.dispose();
		}
	},
);
