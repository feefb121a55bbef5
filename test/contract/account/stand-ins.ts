/** The contract stack on the stand-ins of this machine, from the same template. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createEndpointServer } from '../../../local/endpoints.ts';
import { noPlan } from '../../../local/faults/faults.ts';
import { createFrontServer } from '../../../local/front.ts';
import { listen } from '../../../local/listen.ts';
import { startStack } from '../../../local/stack.ts';
import { region } from '../../../local/world.ts';
import { readStack } from './deployed.ts';
import { createTarget, type Target } from './target.ts';

/** Writes the contract stack's cloud assembly into a folder. */
export const synthesize = async (folder: string): Promise<void> => {
	await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'stack/app.ts'), folder]);
};

/** Needs root, as `npm start` does. `close` ends it and removes what it kept. */
export const openStandIns = async (log: (line: string) => void): Promise<Target> => {
	const folder = mkdtempSync(join(tmpdir(), 'contract-'));
	const state = mkdtempSync(join(folder, 'state-'));
	const assembly = join(folder, 'cdk.out');
	await synthesize(assembly);
	const front = createFrontServer();
	const endpoints = createEndpointServer();
	for (const { server } of [front, endpoints]) await listen(server, { host: '127.0.0.1', port: 0 });
	const stack = await startStack({ assembly, state, key: undefined, front, endpoints, faults: noPlan, log });
	const environment = stack.operatorEnvironment();
	const need = (name: string): string => environment[name] ?? '';
	const identity = {
		region,
		accessKeyId: need('AWS_ACCESS_KEY_ID'),
		secretAccessKey: need('AWS_SECRET_ACCESS_KEY'),
		sessionToken: need('AWS_SESSION_TOKEN'),
	};
	const endpoint = (name: string): string | undefined => environment[`AWS_ENDPOINT_URL_${name}`];
	const deployed = await readStack(identity, endpoint('CLOUDFORMATION'));
	if (!deployed) throw new Error('the stand-ins have no contract stack');
	const target = createTarget({ kind: 'stand-ins', identity, endpoint, say: log, ...deployed });
	return {
		...target,
		close: async () => {
			await target.close();
			await stack.stop();
			for (const { server } of [front, endpoints]) server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
};
