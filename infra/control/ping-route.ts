import { pong } from '@shellpod/protocol/control.ts';
import { CfnIntegration, CfnIntegrationResponse, CfnRoute, CfnRouteResponse } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';

/**
 * The route `ping`, answered by the gateway itself. It must answer: CloudFront closes a connection on which the origin sent nothing for
 * 10 minutes. In L1, since the L2 makes no IntegrationResponse, without which a MOCK is silent. Gives the route.
 */
export const addPing = (scope: Construct, apiId: string): CfnRoute => {
	const ping = new Construct(scope, 'Ping');
	const selected = { templateSelectionExpression: '\\$default' };
	const integration = new CfnIntegration(ping, 'Integration', {
		apiId,
		integrationType: 'MOCK',
		requestTemplates: { $default: '{"statusCode":200}' },
		...selected,
	});
	new CfnIntegrationResponse(ping, 'IntegrationResponse', {
		apiId,
		integrationId: integration.ref,
		integrationResponseKey: '$default',
		responseTemplates: { $default: pong },
		...selected,
	});
	const route = new CfnRoute(ping, 'Route', {
		apiId,
		routeKey: 'ping',
		routeResponseSelectionExpression: '$default',
		target: `integrations/${integration.ref}`,
	});
	new CfnRouteResponse(ping, 'RouteResponse', { apiId, routeId: route.ref, routeResponseKey: '$default' });
	return route;
};
