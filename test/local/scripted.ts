/** Functions that run in this process, and a world around them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noPlan } from '../../local/faults/faults.ts';
import type { Outcome } from '../../local/lambda/machine.ts';
import type { LambdaStandIn } from '../../local/lambda/stand-in.ts';
import { createMeters } from '../../local/meters/meters.ts';
import type { ResourceInput, StandIn, World } from '../../local/stand-in.ts';

export interface Invoked {
	arn: string;
	event: Record<string, unknown>;
}

/** of what APIs' ids are appended to */
export const apiArn = 'arn:aws:execute-api:us-east-1:000000000000';

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Functions by name, whose handlers run here; every service may invoke every one of them. */
export const scriptedFunctions = (handlers: Record<string, (event: never) => unknown>): LambdaStandIn & { invoked: Invoked[] } => {
	const invoked: Invoked[] = [];
	const invoke = async (arn: string, payload: string): Promise<Outcome> => {
		const event = JSON.parse(payload) as Record<string, unknown>;
		invoked.push({ arn, event });
		try {
			const result: unknown = await handlers[arn.split(':').at(-1) ?? '']?.(event as never);
			return { kind: 'success', payload: JSON.stringify(result) ?? 'null' };
		} catch (error) {
			return { kind: 'failure', error: { errorType: 'Error', errorMessage: (error as Error).message } };
		}
	};
	return {
		types: [],
		invoked,
		create: () => ({ ref: '', attributes: {} }),
		permits: () => true,
		invoke,
		send: async (arn, payload) => void (await invoke(arn, payload)),
	};
};

export interface TestWorld extends World {
	lines: string[];
	remove(): void;
}

export const testWorld = (over: Partial<World> = {}): TestWorld => {
	const root = mkdtempSync(join(tmpdir(), 'world-'));
	const lines: string[] = [];
	return {
		folder: (name) => {
			mkdirSync(join(root, name), { recursive: true });
			return join(root, name);
		},
		region: 'us-east-1',
		account: '000000000000',
		credentials: {
			issue: () => ({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret', sessionToken: 'a token' }),
			find: (key) =>
				key === 'ASIAEXAMPLE'
					? { principal: { roleArn: 'arn:aws:iam::000000000000:role/path/home-1', sessionName: 'task1' }, secretAccessKey: 'not a secret' }
					: undefined,
		},
		endpointBase: 'http://127.0.0.1:1',
		pageBase: 'http://localhost:2',
		asset: (hash) => {
			throw new Error(`no asset ${hash}`);
		},
		sdkEnvironment: () => ({}),
		publish: () => {},
		log: (line) => void lines.push(line),
		meters: createMeters(),
		faults: noPlan,
		now: () => new Date(),
		lines,
		remove: () => rmSync(root, { recursive: true }),
		...over,
	};
};

/** Makes resources as the template would: `[logical id, type, properties]`; gives what `Ref` gives, by logical id. */
export const make = async (
	standIn: StandIn,
	resources: readonly (readonly [string, string, Record<string, unknown>])[],
): Promise<Record<string, string>> => {
	const refs: Record<string, string> = {};
	for (const [logicalId, type, properties] of resources) {
		const input: ResourceInput = { stack: 'App', logicalId, type, properties, region: 'us-east-1', account: '000000000000' };
		refs[logicalId] = (await standIn.create(input)).ref;
	}
	return refs;
};
