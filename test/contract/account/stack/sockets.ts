/** Three WebSocket APIs: one as the product's, one without `$connect` and `$default`, one whose authorizer wants a part of the query. */
import {
	CfnIntegration,
	CfnIntegrationResponse,
	CfnRoute,
	CfnRouteResponse,
	type CfnStage,
	WebSocketApi,
	WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

const stageName = 'ws';
/** messages a second that the route `narrow` takes */
const narrow = 1;

export class Sockets extends Construct {
	readonly plain: WebSocketApi;
	readonly bare: WebSocketApi;
	readonly guarded: WebSocketApi;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.plain = new WebSocketApi(this, 'Plain', { routeSelectionExpression: '$request.body.action' });
		this.bare = new WebSocketApi(this, 'Bare', { routeSelectionExpression: '$request.body.action' });
		this.guarded = new WebSocketApi(this, 'Guarded', { routeSelectionExpression: '$request.body.action' });
	}

	route(authorizer: IFunction, handler: IFunction, blocked: IFunction): void {
		const integration = (name: string) => new WebSocketLambdaIntegration(name, handler);
		const { plain, bare, guarded } = this;
		plain.addRoute('$connect', {
			integration: integration('Connect'),
			authorizer: new WebSocketLambdaAuthorizer('Asked', authorizer, { identitySource: [] }),
		});
		for (const key of ['$disconnect', '$default']) plain.addRoute(key, { integration: integration(key.slice(1)) });
		const slow = plain.addRoute('narrow', { integration: integration('Narrow') });
		plain.addRoute('blocked', { integration: new WebSocketLambdaIntegration('Blocked', blocked) });
		this.mock('Ping', 'ping', '{"pong":true}');
		this.mock('Silent', 'silent', undefined);
		const answer = bare.addRoute('answer', { integration: integration('Answer'), returnResponse: true });
		guarded.addRoute('$connect', {
			integration: integration('GuardedConnect'),
			authorizer: new WebSocketLambdaAuthorizer('Guard', authorizer, { identitySource: ['route.request.querystring.ticket'] }),
		});
		const stage = new WebSocketStage(this, 'PlainStage', { webSocketApi: plain, stageName, autoDeploy: true });
		const settings = stage.node.defaultChild as CfnStage;
		settings.routeSettings = { narrow: { ThrottlingRateLimit: narrow, ThrottlingBurstLimit: narrow } };
		stage.node.addDependency(slow);
		const bareStage = new WebSocketStage(this, 'BareStage', { webSocketApi: bare, stageName, autoDeploy: true });
		bareStage.node.addDependency(answer);
		new WebSocketStage(this, 'GuardedStage', { webSocketApi: guarded, stageName, autoDeploy: true });
	}

	/** A route that the gateway answers itself; without an answer it is silent. */
	private mock(id: string, routeKey: string, answer: string | undefined): void {
		const scope = new Construct(this, id);
		const { apiId } = this.plain;
		const selected = { templateSelectionExpression: '\\$default' };
		const integration = new CfnIntegration(scope, 'Integration', {
			apiId,
			integrationType: 'MOCK',
			requestTemplates: { $default: '{"statusCode":200}' },
			...selected,
		});
		const route = new CfnRoute(scope, 'Route', {
			apiId,
			routeKey,
			target: `integrations/${integration.ref}`,
			...(answer !== undefined && { routeResponseSelectionExpression: '$default' }),
		});
		if (answer === undefined) return;
		new CfnIntegrationResponse(scope, 'IntegrationResponse', {
			apiId,
			integrationId: integration.ref,
			integrationResponseKey: '$default',
			responseTemplates: { $default: answer },
			...selected,
		});
		new CfnRouteResponse(scope, 'RouteResponse', { apiId, routeId: route.ref, routeResponseKey: '$default' });
	}
}
