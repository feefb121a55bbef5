/** What stand-ins share, made once per stack. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Assembly } from './assembly/read.ts';
import { createCredentialStore } from './credentials.ts';
import type { FaultPlan } from './faults/faults.ts';
import { createMeters } from './meters/meters.ts';
import type { StandIn, World } from './stand-in.ts';

/** Where everything is in local mode; the account number can't be anybody's. */
export const region = 'us-east-1';
export const account = '000000000000';

export interface WorldOptions {
	/** absolute path of the state folder */
	state: string;
	assembly: Assembly;
	endpointBase: string;
	pageBase: string;
	/** all of them, once they are made */
	standIns: () => readonly StandIn[];
	publish: World['publish'];
	log: (line: string) => void;
	faults: FaultPlan;
}

export const createWorld = (options: WorldOptions): World => {
	const { assembly, endpointBase, pageBase, log, publish } = options;
	const folder = (name: string): string => {
		const path = join(options.state, name);
		mkdirSync(path, { recursive: true, mode: 0o700 });
		return path;
	};
	return {
		folder,
		region,
		account,
		credentials: createCredentialStore(folder('credentials')),
		endpointBase,
		pageBase,
		asset: (hash) => {
			const path = assembly.assets.get(hash);
			if (!path) throw new Error(`the cloud assembly has no asset ${hash}`);
			return path;
		},
		image: (uri) => assembly.images.get(uri.slice(uri.lastIndexOf(':') + 1)),
		sdkEnvironment: () => ({
			AWS_REGION: region,
			// what has no stand-in arrives here too, and is refused by name: it must not leave the machine
			AWS_ENDPOINT_URL: `${endpointBase}/none`,
			...Object.fromEntries(
				options
					.standIns()
					.flatMap((standIn) => Object.keys(standIn.endpoints ?? {}))
					.map((name) => [`AWS_ENDPOINT_URL_${name}`, `${endpointBase}/${name.toLowerCase()}`]),
			),
		}),
		publish,
		log,
		meters: createMeters(),
		faults: options.faults,
		now: () => new Date(),
	};
};
