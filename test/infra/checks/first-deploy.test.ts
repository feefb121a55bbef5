/** What fails at the first deployment, or at the first user after it. */
import { describe } from 'vitest';
import { type Garden, plants } from './planted.ts';

describe('[1.1] the two stacks', () => {
	plants('oneWay', [
		[
			'a reference from Data to App',
			({ of }) => (of('AWS::DynamoDB::Table').TableName = { 'Fn::ImportValue': 'shellpod-app:X' }),
			/Data\/Table.* refers to another stack/,
		],
	]);
	plants('lastingPlace', [
		['a table in App', ({ add }) => add('AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }), /goes with its stack: make it in Data/],
	]);
});

const stage = ({ resource }: Garden) => resource('AWS::ApiGatewayV2::Stage', ({ StageName }) => StageName === 'ws');

describe('the WebSocket API', () => {
	plants('routeSettings', [
		['a route that may come later', (garden) => (stage(garden).DependsOn = []), /\[?1?.*make the stage depend on that route/],
		[
			'settings of no route',
			(garden) => (stage(garden).Properties.RouteSettings.other = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 }),
			/the route other/,
		],
		['a rate without a burst', (garden) => delete stage(garden).Properties.RouteSettings.hello.ThrottlingBurstLimit, /throttles hello to nothing/],
		[
			'a rate of nothing',
			({ of }) => (of('AWS::ApiGatewayV2::Stage', ({ StageName }) => StageName === '$default').DefaultRouteSettings.ThrottlingRateLimit = 0),
			/throttles the default to nothing/,
		],
	]);
	plants('socketLogs', [
		['an access log', (garden) => (stage(garden).Properties.AccessLogSettings = { DestinationArn: 'arn' }), /without the account's role/],
		['a log of a route', (garden) => (stage(garden).Properties.RouteSettings.hello.LoggingLevel = 'INFO'), /without the account's role/],
		[
			'an account’s role that comes later',
			(garden) => {
				garden.add('AWS::ApiGateway::Account', {});
				stage(garden).Properties.AccessLogSettings = { DestinationArn: 'arn' };
			},
			/depend on it/,
		],
	]);
	plants('socketIdentity', [
		[
			'the default identity source',
			({ of }) =>
				(of('AWS::ApiGatewayV2::Authorizer', ({ AuthorizerType }) => AuthorizerType === 'REQUEST').IdentitySource = [
					'route.request.header.Authorization',
				]),
			/what a browser can't send/,
		],
	]);
	plants('mockAnswers', [
		['no integration response', ({ remove }) => remove('AWS::ApiGatewayV2::IntegrationResponse'), /never answers/],
		['no route response', ({ remove }) => remove('AWS::ApiGatewayV2::RouteResponse'), /never answers/],
		[
			'no selection of one',
			({ of }) => delete of('AWS::ApiGatewayV2::Route', ({ RouteKey }) => RouteKey === 'ping').RouteResponseSelectionExpression,
			/never answers/,
		],
	]);
});

const distribution = ({ of }: Garden) => of('AWS::CloudFront::Distribution').DistributionConfig;
const behaviour = (garden: Garden, path: string) =>
	distribution(garden).CacheBehaviors.find((one: { PathPattern: string }) => one.PathPattern === path);

describe('CloudFront', () => {
	plants('apiBehaviours', [
		[
			'the Host header',
			(garden) => (behaviour(garden, '/api/*').OriginRequestPolicyId = '216adef6-5c7f-47e4-b989-5492eafa07d3'),
			/\/api\/\* hands on the Host header/,
		],
		[
			'answers that are kept',
			(garden) => (behaviour(garden, '/ws').CachePolicyId = '658327ea-f89d-4fab-a63d-7e88639e58f6'),
			/\/ws may keep an answer/,
		],
		['reading only', (garden) => (behaviour(garden, '/api/*').AllowedMethods = ['GET', 'HEAD']), /not all methods/],
		[
			'another path',
			(garden) =>
				distribution(garden).Origins.forEach((origin: { OriginPath: string }) => {
					origin.OriginPath = '/prod';
				}),
			/rewrites the path/,
		],
		[
			'a stage of another name',
			({ of }) => (of('AWS::ApiGatewayV2::Stage', ({ StageName }) => StageName === 'ws').StageName = 'prod'),
			/leads to the stages \/prod/,
		],
	]);
	plants('errorResponses', [
		[
			'a page for each 404',
			(garden) => (distribution(garden).CustomErrorResponses = [{ ErrorCode: 404, ResponseCode: 200, ResponsePagePath: '/index.html' }]),
			/count for its APIs too/,
		],
	]);
	plants('pruning', [['files that go', ({ of }) => delete of('Custom::CDKBucketDeployment').Prune, /removes files that open tabs ask for/]]);
});

const client = 'AWS::Cognito::UserPoolClient';

describe('sign-in', () => {
	plants('selfSignUp', [
		['sign-up by anybody', ({ of }) => (of('AWS::Cognito::UserPool').AdminCreateUserConfig.AllowAdminCreateUserOnly = false), /lets anybody sign up/],
	]);
	plants('branding', [['pages without a style', ({ remove }) => remove('AWS::Cognito::ManagedLoginBranding'), /has no style/]]);
	plants('rotation', [
		[
			'refreshing by the API',
			({ of }) => of(client).ExplicitAuthFlows.push('ALLOW_REFRESH_TOKEN_AUTH'),
			/refreshes without rotation, or in two ways/,
		],
		['no list of flows', ({ of }) => delete of(client).ExplicitAuthFlows, /in two ways/],
		['no rotation', ({ of }) => delete of(client).RefreshTokenRotation, /without rotation/],
	]);
	plants('domainPrefixes', [
		['a word of AWS', ({ of }) => (of('AWS::Cognito::UserPoolDomain').Domain = 'my-cognito-pages'), /prefix that Cognito refuses/],
		['a letter too large', ({ of }) => (of('AWS::Cognito::UserPoolDomain').Domain = 'ShellPod'), /prefix that Cognito refuses/],
	]);
});

const relay = ({ of }: Garden) => of('AWS::Lambda::Function', ({ Description }) => Description === 'ShellPod relay');

describe('functions', () => {
	plants('architectures', [
		['a function of another', (garden) => delete relay(garden).Architectures, /another architecture than the tasks: make it arm64/],
		['an image of the operator’s', ({ platforms }) => platforms.splice(0, 1, undefined), /built for the operator's machine and not for linux\/arm64/],
		['a task of another', ({ of }) => (of('AWS::ECS::TaskDefinition').RuntimePlatform.CpuArchitecture = 'X86_64'), /make it x86_64/],
	]);
	plants('reservedConcurrency', [['a reservation', (garden) => (relay(garden).ReservedConcurrentExecutions = 400), /fails in a new account/]]);
	plants('messageLogs', [
		['a line for each message', (garden) => (relay(garden).LoggingConfig.SystemLogLevel = 'INFO'), /logs a line for every message/],
	]);
});
