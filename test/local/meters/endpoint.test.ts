/** The meters are the operator's: they are told to a request that the operator has signed, and to nobody else. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../../local/endpoints.ts';
import { askMeters } from '../../../local/meters/ask.ts';
import { createMeterEndpoint } from '../../../local/meters/stand-in.ts';
import { createVerifier } from '../../../local/sigv4.ts';
import { apiArn, scriptedFunctions, testWorld } from '../scripted.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const start = async (refuses = false) => {
	const world = testWorld();
	const endpoints = createEndpointServer();
	endpoints.server.listen(0, '127.0.0.1');
	await once(endpoints.server, 'listening');
	const host = `127.0.0.1:${(endpoints.server.address() as AddressInfo).port}`;
	cleanups.push(
		() => world.remove(),
		() => endpoints.server.close(),
		() => endpoints.server.closeAllConnections(),
	);
	endpoints.serve({
		standIns: [createMeterEndpoint(world)],
		gateway: createApiGateway(world, scriptedFunctions({})),
		verify: createVerifier(world.credentials, Date.now),
		judge: (_, needs) => (refuses && needs === undefined ? 'only the operator may' : undefined),
		apiArn,
		host,
		log: world.log,
	});
	const environment = {
		AWS_ENDPOINT_URL_METERS: `http://${host}/meters`,
		AWS_REGION: 'us-east-1',
		AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
		AWS_SECRET_ACCESS_KEY: 'not a secret',
		AWS_SESSION_TOKEN: 'a token',
	};
	return { world, environment };
};

describe('the meters', () => {
	it('are told to who signs', async () => {
		const { world, environment } = await start();
		world.meters.message('in', 40_000);
		expect(await askMeters(environment)).toEqual(world.meters.read(0));
		expect(await askMeters(environment)).toMatchObject({ 'messages in': 1, 'message units': 2 });
	});

	it('are told to nobody else: unsigned, signed wrongly, signed by a function or a task', async () => {
		const { environment } = await start();
		expect((await fetch(environment.AWS_ENDPOINT_URL_METERS)).status).toBe(403);
		await expect(askMeters({ ...environment, AWS_SECRET_ACCESS_KEY: 'another' })).rejects.toThrow(/403.*InvalidSignatureException/);
		const { environment: judged } = await start(true);
		await expect(askMeters(judged)).rejects.toThrow(/400.*only the operator may/);
	});
});
