import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { apiHost, executeApiArn } from './addresses.ts';

/** what a task calls, signed with its Home's role */
const agentPaths = { tickets: '/agent/tickets', report: '/agent/report' };

/** Without a token: how one gets a token, and the description of the API. */
const open: [HttpMethod, string][] = [
	[HttpMethod.GET, '/api/openapi.json'],
	[HttpMethod.GET, '/api/auth/login'],
	[HttpMethod.GET, '/api/auth/callback'],
	[HttpMethod.POST, '/api/auth/token'],
	[HttpMethod.GET, '/api/auth/logout'],
];

/** The HTTP API. It exists before its functions do, since they are told its address. */
export class ShellpodHttpApi extends Construct {
	readonly api: HttpApi;

	constructor(scope: Construct, id: string, props: { gatewayRate: number }) {
		super(scope, id);
		this.api = new HttpApi(this, 'Api', { apiName: 'shellpod-http', createDefaultStage: false });
		const rate = Math.ceil(props.gatewayRate * 0.1);
		new HttpStage(this, 'Stage', { httpApi: this.api, stageName: '$default', autoDeploy: true, throttle: { rateLimit: rate, burstLimit: rate } });
	}

	get host(): string {
		return apiHost(this.api.apiId);
	}

	/** what a Home's role allows: it is written once, and routes may be added */
	get agentRoute(): string {
		return executeApiArn(this.api.apiId, '*/POST/agent/*');
	}

	/** what its boundary allows of that: the routes that there are, on whatever stage */
	get agentRoutes(): string[] {
		return Object.values(agentPaths).map((path) => executeApiArn(this.api.apiId, `*/POST${path}`));
	}

	route(handlers: { api: IFunction; agentTickets: IFunction; agentReport: IFunction }, signIn: { issuer: string; clientId: string }): void {
		const integration = new HttpLambdaIntegration('ApiFunction', handlers.api, { scopePermissionToRoute: false });
		this.api.addRoutes({
			path: '/api/{proxy+}',
			methods: [HttpMethod.ANY],
			integration,
			authorizer: new HttpJwtAuthorizer('Users', signIn.issuer, { jwtAudience: [signIn.clientId] }),
		});
		for (const [method, path] of open) this.api.addRoutes({ path, methods: [method], integration });
		const agents: [string, string, IFunction][] = [
			[agentPaths.tickets, 'AgentTicketsFunction', handlers.agentTickets],
			[agentPaths.report, 'AgentReportFunction', handlers.agentReport],
		];
		for (const [path, id, handler] of agents) {
			this.api.addRoutes({
				path,
				methods: [HttpMethod.POST],
				integration: new HttpLambdaIntegration(id, handler),
				authorizer: new HttpIamAuthorizer(),
			});
		}
	}
}
