/** Puts functions together, as far as no SDK is needed. Each asks for what it needs only. */
import { randomBytes } from 'node:crypto';
import { createEvents } from './adapters/events.ts';
import { createGateway } from './adapters/gateway.ts';
import { createItems, type Items } from './adapters/items.ts';
import { createLog } from './adapters/log.ts';
import { createCuts, createMeters } from './adapters/meters.ts';
import { createKeyStore } from './adapters/relay-key.ts';
import { createMeter, type Meter } from './core/meter.ts';
import { createRelayKeys, type RelayKeys } from './core/relay-keys.ts';
import { createVisits, type NoteVisit } from './core/visits.ts';
import type { Log } from './ports.ts';
import type { Gateway } from './relay-ports.ts';
import { createSignedFetch } from './signed-fetch.ts';
import type { AwsIdentity } from './sigv4.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const now = (): Date => new Date();

export const logOf = (name: string): Log => createLog((line) => process.stdout.write(`${line}\n`), { function: name });

const need = (environment: Environment, name: string): string => {
	const value = environment[name];
	if (!value) throw new Error(`the environment of this function is not usable: ${name} is missing`);
	return value;
};

/** Lambda sets these itself, and a new environment comes before they end. */
const identityOf = (environment: Environment): AwsIdentity => {
	const sessionToken = environment.AWS_SESSION_TOKEN;
	return {
		region: need(environment, 'AWS_REGION'),
		accessKeyId: need(environment, 'AWS_ACCESS_KEY_ID'),
		secretAccessKey: need(environment, 'AWS_SECRET_ACCESS_KEY'),
		...(sessionToken && { sessionToken }),
	};
};

/** The same names, in the same order, as the SDKs look at. */
const dynamoDbOf = (environment: Environment): string =>
	environment.AWS_ENDPOINT_URL_DYNAMODB ?? environment.AWS_ENDPOINT_URL ?? `https://dynamodb.${need(environment, 'AWS_REGION')}.amazonaws.com`;

/** `endpoint`: base of @connections. */
export const gatewayOf = (environment: Environment, endpoint: string): Gateway =>
	createGateway({
		endpoint,
		fetch: createSignedFetch(identityOf(environment), 'execute-api'),
		// by the console's own method: Lambda filters by it
		log: createLog(console.warn),
	});

export const itemsOf = (environment: Environment, table: string): Items =>
	createItems({ endpoint: dynamoDbOf(environment), table, fetch: createSignedFetch(identityOf(environment), 'dynamodb') });

export const relayKeysOf = (items: Items): RelayKeys => createRelayKeys({ store: createKeyStore(items), now, random: randomBytes });

export const visitsOf = (items: Items, log: Log): NoteVisit => createVisits({ events: createEvents(items), now, log });

/** Its lines go by the console's own methods: Lambda filters by them. */
export const meterOf = (items: Items, gateway: Gateway): Meter =>
	createMeter({ meters: createMeters(items), cuts: createCuts(items), gateway, random: Math.random, now, log: createLog(console.warn) });
