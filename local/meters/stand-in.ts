/** No AWS service: where the operator reads the meters, by a signed request like any other; at the end they are left beside the logs. */
import { join } from 'node:path';
import { writeWhole } from '../disk.ts';
import type { StandIn, World } from '../stand-in.ts';

export const createMeterEndpoint = (world: Pick<World, 'meters' | 'now' | 'folder'>): StandIn => ({
	types: [],
	create: () => ({ ref: '', attributes: {} }),
	// no needs: nobody but the operator may call it
	endpoints: {
		METERS: async () => ({
			status: 200,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(world.meters.read(world.now().getTime())),
		}),
	},
	stop: async () => writeWhole(join(world.folder('logs'), 'meters.json'), JSON.stringify(world.meters.read(world.now().getTime()))),
});
