/** What a stand-in needs of its surroundings, with a clock that stands still until it is moved. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noPlan } from '../../local/faults/faults.ts';
import { createMeters } from '../../local/meters/meters.ts';
import type { ResourceInput, World } from '../../local/stand-in.ts';

export interface StillWorld extends World {
	/** the state folder */
	readonly state: string;
	/** lines for the operator */
	readonly lines: string[];
	/** ms */
	pass(ms: number): void;
	remove(): void;
}

export const stillWorld = (options: { state?: string; pageBase?: string } = {}): StillWorld => {
	const state = options.state ?? mkdtempSync(join(tmpdir(), 'shellpod-test-'));
	const lines: string[] = [];
	let now = Date.parse('2030-01-01T00:00:00Z');
	return {
		state,
		lines,
		pass: (ms) => {
			now += ms;
		},
		remove: () => rmSync(state, { recursive: true, force: true }),
		folder(name) {
			const path = join(state, name);
			mkdirSync(path, { recursive: true });
			return path;
		},
		region: 'us-east-1',
		account: '000000000000',
		credentials: {
			issue: () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }),
			find: () => undefined,
		},
		endpointBase: 'http://127.0.0.1:4566',
		pageBase: options.pageBase ?? 'http://localhost:8080',
		sdkEnvironment: () => ({}),
		asset: (name) => {
			throw new Error(`no asset ${name}`);
		},
		publish: () => {},
		meters: createMeters(),
		faults: noPlan,
		log: (line) => lines.push(line),
		now: () => new Date(now),
	};
};

export const resource = (type: string, logicalId: string, properties: Record<string, unknown>): ResourceInput => ({
	stack: 'Test',
	logicalId,
	type,
	properties,
	region: 'us-east-1',
	account: '000000000000',
});
