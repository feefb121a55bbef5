/** Drives one HTTP API: limits, throttle, route, authorization, function, answer. */
import { randomUUID } from 'node:crypto';
import type { AccessLog } from '../api-gateway/access-log.ts';
import { type ApiDefinition, integrationOf, type Route } from '../api-gateway/definitions.ts';
import { checkPermission } from '../api-gateway/permission.ts';
import { type Bucket, createBucket } from '../api-gateway/throttle.ts';
import { assumedRoleArn, functionArnOf } from '../arn.ts';
import type { Outcome } from '../lambda/machine.ts';
import type { LambdaStandIn } from '../lambda/stand-in.ts';
import type { Verified } from '../sigv4.ts';
import type { World } from '../stand-in.ts';
import { headerOf, jsonResponse, pathOf, type WireRequest, type WireResponse } from '../wire.ts';
import { answerOf, eventOf } from './event.ts';
import { type JwtRule, judgeToken } from './jwt.ts';
import type { KeySource } from './keys.ts';
import { matchRoute, parseRoute, type RouteMatch, sortRoutes } from './routes.ts';

/** bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const maxBodyBytes = 10 * 1024 * 1024;
const maxHeaderBytes = 10_240;
/** ms */
const maxIntegrationMs = 30_000;

export interface HttpApiPorts {
	world: World;
	lambda: LambdaStandIn;
	keys: KeySource;
	/** shared by all APIs of the account */
	account: Bucket;
	log: AccessLog;
}

export interface HttpApi {
	/** @param signature what the request's signature says, where it came with the headers that were signed */
	handle(request: WireRequest, signature: () => Verified): Promise<WireResponse>;
}

/** How a route's token is found and judged. */
interface TokenRule extends JwtRule {
	/** lower-case name */
	header: string;
}

interface Target {
	authorization: Route['AuthorizationType'];
	token: TokenRule | undefined;
	functionArn: string;
	timeoutMs: number;
	bucket: Bucket | undefined;
}

type Authorized = { authorizer?: Record<string, unknown> } | { refused: WireResponse };

const unauthorized = (why: string): WireResponse =>
	jsonResponse(401, { message: 'Unauthorized' }, { 'www-authenticate': `Bearer scope="" error="invalid_token" error_description="${why}"` });
const forbidden = jsonResponse(403, { message: 'Forbidden' });

export const createHttpApi = (api: ApiDefinition, ports: HttpApiPorts): HttpApi => {
	const { world, lambda } = ports;
	const [stage, ...otherStages] = [...api.stages.values()];
	if (stage?.StageName !== '$default' || otherStages.length) throw new Error(`HTTP API ${api.id}: local mode knows the stage $default only`);
	const domainName = `${api.id}.execute-api.${world.region}.amazonaws.com`;

	const tokenRuleOf = (route: Route): TokenRule => {
		const { JwtConfiguration: jwt, IdentitySource: [source = ''] = [] } = api.authorizers.get(route.AuthorizerId ?? '') ?? {};
		if (!jwt) throw new Error(`HTTP API ${api.id}, ${route.RouteKey}: there is no JWT authorizer`);
		const header = /^\$request\.header\.([A-Za-z0-9-]+)$/.exec(source)?.[1]?.toLowerCase();
		if (!header) throw new Error(`HTTP API ${api.id}: the identity source ${source} is not known to local mode`);
		return { header, issuer: jwt.Issuer, audience: jwt.Audience, scopes: route.AuthorizationScopes };
	};

	const targetOf = (route: Route): Target => {
		const { integration } = integrationOf(api, route);
		if (integration.IntegrationType !== 'AWS_PROXY' || integration.PayloadFormatVersion !== '2.0')
			throw new Error(`HTTP API ${api.id}, ${route.RouteKey}: local mode knows AWS_PROXY with payload format 2.0 only`);
		const token = route.AuthorizationType === 'JWT' ? tokenRuleOf(route) : undefined;
		if (route.AuthorizationType === 'CUSTOM') throw new Error(`HTTP API ${api.id}, ${route.RouteKey}: local mode knows no Lambda authorizers`);
		const functionArn = functionArnOf(integration.IntegrationUri ?? '');
		const [method, path] = route.RouteKey.split(' ');
		checkPermission(world, lambda, functionArn, api.id, `${stage.StageName}/${method === 'ANY' ? '*' : method}${path ?? ''}`);
		const settings = stage.RouteSettings[route.RouteKey] ?? stage.DefaultRouteSettings;
		return {
			authorization: route.AuthorizationType,
			token,
			functionArn,
			timeoutMs: Math.min(maxIntegrationMs, integration.TimeoutInMillis ?? maxIntegrationMs),
			bucket: settings && createBucket({ rate: settings.ThrottlingRateLimit ?? 0, burst: settings.ThrottlingBurstLimit ?? 0 }),
		};
	};
	const routes = sortRoutes([...api.routes.values()].map((route) => parseRoute(route.RouteKey, targetOf(route))));

	const byToken = async (rule: TokenRule, request: WireRequest): Promise<Authorized> => {
		const token = headerOf(request.headers, rule.header);
		if (!token) return { refused: jsonResponse(401, { message: 'Unauthorized' }, { 'www-authenticate': 'Bearer' }) };
		const now = world.now().getTime();
		let verdict = judgeToken(token, rule, await ports.keys.keys(rule.issuer), now);
		if (verdict.kind === 'unknown-key') verdict = judgeToken(token, rule, await ports.keys.keys(rule.issuer, verdict.kid), now);
		if (verdict.kind === 'allowed') return { authorizer: { jwt: { claims: verdict.claims, scopes: verdict.scopes } } };
		return { refused: verdict.kind === 'forbidden' ? forbidden : unauthorized(verdict.kind === 'unauthorized' ? verdict.why : 'the key is unknown') };
	};

	const bySignature = (verified: Verified): Authorized => {
		if ('problem' in verified) return { refused: forbidden };
		const { principal, accessKeyId } = verified;
		const iam = {
			accessKey: accessKeyId,
			accountId: world.account,
			callerId: `AROA${principal.roleArn.split('/').at(-1)}:${principal.sessionName}`,
			cognitoIdentity: null,
			principalOrgId: null,
			userArn: assumedRoleArn(principal.roleArn, principal.sessionName),
			userId: `AROA${principal.roleArn.split('/').at(-1)}:${principal.sessionName}`,
		};
		return { authorizer: { iam } };
	};

	const authorize = async (target: Target, request: WireRequest, signature: () => Verified): Promise<Authorized> => {
		if (target.token) return byToken(target.token, request);
		return target.authorization === 'AWS_IAM' ? bySignature(signature()) : {};
	};

	/** The function goes on when the gateway doesn't wait any longer. */
	const invoke = (target: Target, event: Record<string, unknown>): Promise<Outcome> =>
		new Promise((done, failed) => {
			const error = { errorType: 'Timeout', errorMessage: 'Endpoint request timed out' };
			const timer = setTimeout(() => done({ kind: 'timeout', error }), target.timeoutMs);
			lambda
				.invoke(target.functionArn, JSON.stringify(event))
				.then(done, failed)
				.finally(() => clearTimeout(timer));
		});

	const run = async (match: RouteMatch<Target>, request: WireRequest, authorizer: Record<string, unknown> | undefined): Promise<WireResponse> => {
		const requestId = randomUUID();
		const facts = {
			account: world.account,
			apiId: api.id,
			domainName,
			stage: stage.StageName,
			routeKey: match.key,
			pathParameters: match.pathParameters,
			...(authorizer ? { authorizer } : {}),
			requestId,
			now: world.now(),
		};
		return answerOf(await invoke(match.value, eventOf(request, facts)), requestId);
	};

	const answer = async (request: WireRequest, signature: () => Verified): Promise<WireResponse> => {
		const headerBytes = request.headers.reduce(
			(sum, [name, value]) => sum + name.length + value.length + 4,
			request.target.length + request.method.length,
		);
		if (headerBytes > maxHeaderBytes) return jsonResponse(431, { message: 'Request Header Fields Too Large' });
		if (request.body.length > maxBodyBytes) return jsonResponse(413, { message: 'Request Entity Too Large' });
		const now = world.now().getTime();
		const match = matchRoute(routes, request.method, pathOf(request.target));
		if (!match) return jsonResponse(404, { message: 'Not Found' });
		if (!ports.account.take(now) || match.value.bucket?.take(now) === false) return jsonResponse(429, { message: 'Too Many Requests' });
		const authorized = await authorize(match.value, request, signature);
		if ('refused' in authorized) return authorized.refused;
		return run(match, request, authorized.authorizer);
	};

	const tell = ports.log.of(api.id);
	return {
		handle: async (request, signature) => {
			const response = await answer(request, signature);
			const [bytesIn, bytesOut] = [request.body.length, response.body.length];
			world.meters.request(Math.max(bytesIn, bytesOut));
			const { method, target } = request;
			const route = matchRoute(routes, method, pathOf(target))?.key;
			const line = { type: 'request', method, route, status: response.status, bytesIn, bytesOut } as const;
			tell(line, world.now().getTime());
			return response;
		},
	};
};
