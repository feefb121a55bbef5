/** The stand-in for Amazon Cognito user pools: resources of the template, the issuer's documents, the sign-in pages. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AwsHandler, AwsResponse, OpenHandler, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { PoolError } from './admin.ts';
import { clientId, poolId, uuidOf } from './ids.ts';
import { issuerDocument } from './issuer.ts';
import { readKept, writeKept } from './kept.ts';
import { needsOfUserPool, operationOf } from './needs.ts';
import { createOverload } from './overload.ts';
import { createPool, type Pool } from './pool.ts';
import { readBranding, readClient, readDomain, readPool } from './resources.ts';
import { createSigner, type Signer } from './signing.ts';
import { createSignInSite } from './site.ts';

export interface UserPoolStandIn extends StandIn {
	/** `<endpointBase>/cognito-idp/<pool>/.well-known/...`; paths come without `/cognito-idp` */
	readonly open: { 'cognito-idp': OpenHandler };
	/**
	 * What the front server answers under `/_sign-in`; paths come without it, beginning with the domain's prefix.
	 * Needs headers `cookie` and `origin` as the browser sent them.
	 */
	readonly pages: OpenHandler;
	/** Requests that a server sends and that pass the gate without its cookie. Path as the front server sees it. */
	passesGate(method: string, path: string): boolean;
}

interface Hosted {
	pool: Pool;
	signer: Signer;
	issuer: string;
}

export const createUserPool = (world: World): UserPoolStandIn => {
	const pools = new Map<string, Hosted>();
	const sites = new Map<string, { base: string; handle: OpenHandler }>();
	const now = () => world.now().getTime();
	const secret = () => randomBytes(32).toString('base64url');

	const overload = createOverload(world.faults.of('user-pool'));
	/** Answers late by so many ms. */
	const late = async (ms: number, answer: () => AwsResponse | Promise<AwsResponse>): Promise<AwsResponse> => {
		if (ms > 0) await delay(ms, undefined, { ref: false });
		return answer();
	};

	const poolOf = (id: string): Hosted => {
		const found = pools.get(id);
		if (!found) throw new Error(`no user pool ${id}`);
		return found;
	};
	const seedOf = ({ stack, logicalId }: ResourceInput): string => `${stack}/${logicalId}`;

	const makePool = (input: ResourceInput): ResourceOutput => {
		readPool(input);
		const id = poolId(input.region, seedOf(input));
		const file = join(world.folder('user-pool'), `${id}.json`);
		const kept = readKept(file);
		const signer = createSigner(join(world.folder('user-pool'), `${id}.pem`), uuidOf(id));
		const issuer = `${world.endpointBase}/cognito-idp/${id}`;
		const ports = { now, secret, uuid: randomUUID, sign: signer.sign, save: () => writeKept(file, kept, now()) };
		pools.set(id, { pool: createPool(issuer, kept, ports), signer, issuer });
		const name = `cognito-idp.${input.region}.amazonaws.com/${id}`;
		return {
			ref: id,
			attributes: {
				UserPoolId: id,
				Arn: `arn:aws:cognito-idp:${input.region}:${input.account}:userpool/${id}`,
				ProviderName: name,
				ProviderURL: `https://${name}`,
			},
		};
	};

	const makeClient = (input: ResourceInput): ResourceOutput => {
		const id = clientId(seedOf(input));
		const { pool, settings } = readClient(input, id);
		poolOf(pool).pool.addClient(settings);
		return { ref: id, attributes: { ClientId: id, Name: String(input.properties.ClientName ?? input.logicalId) } };
	};

	const makeDomain = (input: ResourceInput): ResourceOutput => {
		const { pool, prefix } = readDomain(input);
		const base = `${world.pageBase}/_sign-in/${prefix}`;
		sites.set(prefix, { base, handle: createSignInSite({ base, pool: poolOf(pool).pool, now, secret }) });
		return { ref: prefix, attributes: { CloudFrontDistribution: '' } };
	};

	const makeBranding = (input: ResourceInput): ResourceOutput => {
		const { pool } = readBranding(input);
		const id = uuidOf(seedOf(input));
		return { ref: `${pool}|${id}`, attributes: { ManagedLoginBrandingId: id } };
	};

	const makers: Record<string, (input: ResourceInput) => ResourceOutput> = {
		'AWS::Cognito::UserPool': makePool,
		'AWS::Cognito::UserPoolClient': makeClient,
		'AWS::Cognito::UserPoolDomain': makeDomain,
		'AWS::Cognito::ManagedLoginBranding': makeBranding,
	};

	const json = (status: number, body: unknown): AwsResponse => ({
		status,
		headers: { 'content-type': 'application/x-amz-json-1.1' },
		body: JSON.stringify(body),
	});

	/** The user pools API: JSON 1.1. */
	const api: AwsHandler = async (request) => {
		try {
			const input = JSON.parse(request.body.toString('utf8')) as { UserPoolId?: unknown };
			const hosted = pools.get(String(input.UserPoolId));
			if (!hosted) throw new PoolError('ResourceNotFoundException', `User pool ${String(input.UserPoolId)} does not exist.`);
			return json(200, hosted.pool.administer(operationOf(request), input));
		} catch (error) {
			if (error instanceof PoolError) return json(400, { __type: error.code, message: error.message });
			if (error instanceof SyntaxError) return json(400, { __type: 'SerializationException', message: 'The request is not JSON.' });
			throw error;
		}
	};

	const nothing = { status: 404, headers: { 'content-type': 'application/json' }, body: '{"message":"no such user pool, domain or path"}' };

	return {
		types: Object.keys(makers),
		create(input) {
			const make = makers[input.type];
			if (!make) throw new Error(`the user pool's stand-in does not provide ${input.type}`);
			return make(input);
		},
		endpoints: { COGNITO_IDENTITY_PROVIDER: api },
		needs: { COGNITO_IDENTITY_PROVIDER: needsOfUserPool(world.region, world.account) },
		open: {
			'cognito-idp': async ({ path }) => {
				const [, id = '', ...rest] = path.split('/');
				const hosted = pools.get(id);
				const base = [...sites.values()][0]?.base ?? '';
				const document = hosted && issuerDocument(`/${rest.join('/')}`, { issuer: hosted.issuer, base, jwks: hosted.signer.jwks });
				if (!document) return nothing;
				return late(overload.keysMs(), () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) }));
			},
		},
		pages: async (request) => {
			const [, prefix = '', ...rest] = request.path.split('/');
			const site = sites.get(prefix);
			const path = `/${rest.join('/')}`;
			if (!site) return nothing;
			const { ms, refused } = overload.page(request.method, path);
			return late(ms, () => refused ?? site.handle({ ...request, path }));
		},
		passesGate: (method, path) =>
			method === 'POST' &&
			[...sites.keys()].some((prefix) => [`/_sign-in/${prefix}/oauth2/token`, `/_sign-in/${prefix}/oauth2/revoke`].includes(path)),
	};
};
