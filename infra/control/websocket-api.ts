import { type CfnStage, WebSocketApi, type WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { apiHost, executeApiArn, socketStage } from './addresses.ts';
import { addPing } from './ping-route.ts';

export interface SocketHandlers {
	readonly authorizer: IFunction;
	readonly connect: IFunction;
	readonly disconnect: IFunction;
	readonly hello: IFunction;
	readonly relay: IFunction;
	readonly activity: IFunction;
}

/** connections per second that API Gateway opens in one account are 500, not raisable at once: some are left for a burst of agents */
const connectRate = 400;
/** each relayed message is posted once, and posts count too: admitting more than half makes the posts fail */
const relayShare = 0.45;
/** each hello is two posts and some reads and writes; an agent says one a minute, a viewer one in five */
const helloShare = 0.05;
/** an agent says at most one a minute what goes on, and is answered */
const activityShare = 0.02;
/**
 * No function sees a ping, and so no meter: what floods it is bounded here alone. An end says one in four minutes: at 10,000 requests a second in
 * all, this is enough for 24,000 of them. Who is over it hears an error, which says as well as a pong that the connection is alive.
 */
const pingShare = 0.01;

/** The WebSocket API. It exists before its functions do, since they are told its address. */
export class SocketApi extends Construct {
	readonly api: WebSocketApi;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.api = new WebSocketApi(this, 'Api', { apiName: 'shellpod-socket', routeSelectionExpression: '$request.body.action' });
	}

	get host(): string {
		return apiHost(this.api.apiId);
	}

	/** https endpoint of @connections */
	get connections(): string {
		return `https://${this.host}/${socketStage}`;
	}

	/** ARN of a method of @connections, e.g. `POST` */
	connectionsArn(method: 'GET' | 'POST' | 'DELETE'): string {
		return executeApiArn(this.api.apiId, `${socketStage}/${method}/@connections/*`);
	}

	route(handlers: SocketHandlers, gatewayRate: number): void {
		const add = (key: string, id: string, handler: IFunction): WebSocketRoute =>
			this.api.addRoute(key, { integration: new WebSocketLambdaIntegration(id, handler) });
		const connect = this.api.addRoute('$connect', {
			integration: new WebSocketLambdaIntegration('ConnectFunction', handlers.connect),
			// The default asks for an Authorization header, which a browser can't send: 401 without a call of the function.
			authorizer: new WebSocketLambdaAuthorizer('Tickets', handlers.authorizer, { identitySource: [] }),
		});
		add('$disconnect', 'DisconnectFunction', handlers.disconnect);
		const hello = add('hello', 'HelloFunction', handlers.hello);
		const activity = add('activity', 'ActivityFunction', handlers.activity);
		const relay = add('$default', 'RelayFunction', handlers.relay);
		const ping = addPing(this, this.api.apiId);

		// No access log: it needs a role that is set once for the whole account.
		const stage = new WebSocketStage(this, 'Stage', { webSocketApi: this.api, stageName: socketStage, autoDeploy: true });
		const relayRate = Math.floor(gatewayRate * relayShare);
		const helloRate = Math.ceil(gatewayRate * helloShare);
		const activityRate = Math.ceil(gatewayRate * activityShare);
		const pingRate = Math.ceil(gatewayRate * pingShare);
		const settings = stage.node.defaultChild as CfnStage;
		// Both throttles each: one that is missing counts as 0, and every call is refused.
		settings.routeSettings = {
			$connect: { ThrottlingRateLimit: connectRate, ThrottlingBurstLimit: connectRate },
			$default: { ThrottlingRateLimit: relayRate, ThrottlingBurstLimit: Math.ceil(relayRate / 2) },
			hello: { ThrottlingRateLimit: helloRate, ThrottlingBurstLimit: helloRate },
			activity: { ThrottlingRateLimit: activityRate, ThrottlingBurstLimit: activityRate },
			ping: { ThrottlingRateLimit: pingRate, ThrottlingBurstLimit: pingRate },
		};
		// settings of a route that isn't there yet fail the deployment
		stage.node.addDependency(connect, relay, hello, activity, ping);
	}
}
