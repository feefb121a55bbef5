/** Serves stand-ins over HTTP as the SDK's endpoints, with one principal for everybody: signatures are somebody else's test. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCredentialStore } from '../../local/credentials.ts';
import { type FaultPlan, noPlan } from '../../local/faults/faults.ts';
import { createMeters } from '../../local/meters/meters.ts';
import type { ImageSource, ResourceInput, StandIn, World } from '../../local/stand-in.ts';
import { ConnectionCut } from '../../local/wire.ts';

export interface AwsServer {
	state: string;
	/** `http://127.0.0.1:<port>` */
	base: string;
	/** a world over the same state folder; with each call a new one, as at a new start */
	world(): World;
	/** from now on these answer */
	serve(...standIns: StandIn[]): void;
	/** this one answers too */
	serveToo(standIn: StandIn): void;
	events: { source: string; 'detail-type': string; resources: string[]; detail: unknown }[];
	/** resolves with the first event, past ones included, that fits */
	event(fits: (detail: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
	images: Map<string, ImageSource>;
	resource(type: string, properties: Record<string, unknown>, logicalId?: string): ResourceInput;
	/** options of any SDK client */
	client(service: string): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
	close(): Promise<void>;
}

const region = 'us-east-1';
const account = '000000000000';
export const principal = { roleArn: `arn:aws:iam::${account}:role/test`, sessionName: 'test' };

/** @param at state folder and port of an earlier one, and what goes wrong */
export const createAwsServer = async (at: { state?: string; port?: number; faults?: FaultPlan } = {}): Promise<AwsServer> => {
	const state = at.state ?? mkdtempSync(join(tmpdir(), 'aws-'));
	let standIns: StandIn[] = [];
	const events: AwsServer['events'] = [];
	const waiting = new Set<() => void>();
	const server = createServer((incoming, outgoing) => {
		const chunks: Buffer[] = [];
		incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
		incoming.on('end', async () => {
			const url = new URL(incoming.url ?? '/', 'http://localhost');
			const [, first = ''] = url.pathname.split('/');
			const request = {
				method: incoming.method ?? 'GET',
				path: url.pathname.slice(first.length + 1) || '/',
				query: url.searchParams,
				headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
				body: Buffer.concat(chunks),
			};
			const open = standIns.map((one) => one.open?.[first]).find(Boolean);
			const signed = standIns.map((one) => one.endpoints?.[first.toUpperCase()]).find(Boolean);
			const response = await (open ? open(request) : signed?.({ ...request, principal }))?.catch((error: Error) =>
				error instanceof ConnectionCut ? 'cut' : { status: 500, headers: {}, body: String(error.stack) },
			);
			if (response === 'cut') return void outgoing.destroy();
			outgoing.writeHead(response?.status ?? 404, response?.headers ?? {}).end(response?.body);
		});
	});
	await new Promise<void>((resolve) => server.listen(at.port ?? 0, '127.0.0.1', resolve));
	const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const images = new Map<string, ImageSource>();
	return {
		state,
		base,
		events,
		images,
		serve: (...all) => {
			standIns = all;
		},
		serveToo: (one) => {
			standIns = [...standIns, one];
		},
		world: () => ({
			folder: (name) => {
				const path = join(state, name);
				mkdirSync(path, { recursive: true });
				return path;
			},
			region,
			account,
			credentials: createCredentialStore(join(state, 'credentials')),
			endpointBase: base,
			pageBase: 'http://localhost:1',
			image: (uri) => images.get(uri),
			asset: (hash) => {
				throw new Error(`no asset ${hash}`);
			},
			sdkEnvironment: () => ({ AWS_ENDPOINT_URL_ECS: `${base}/ecs` }),
			publish: (event) => {
				// as it goes over the bus: what is told can't change afterwards
				events.push(structuredClone(event));
				for (const look of waiting) look();
			},
			log: () => {},
			meters: createMeters(),
			faults: at.faults ?? noPlan,
			now: () => new Date(),
		}),
		event: (fits) =>
			new Promise((resolve) => {
				const look = (): void => {
					const found = events.map((event) => event.detail as Record<string, unknown>).find(fits);
					if (!found) return;
					waiting.delete(look);
					resolve(found);
				};
				waiting.add(look);
				look();
			}),
		resource: (type, properties, logicalId = 'One') => ({ stack: 'Test', logicalId, type, properties, region, account }),
		client: (service) => ({ endpoint: `${base}/${service}`, region, credentials: { accessKeyId: 'ASIAX', secretAccessKey: 'x' }, maxAttempts: 1 }),
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
			rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
		},
	};
};
