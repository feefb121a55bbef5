/** What a WebSocket API fails by at its first deployment (first-deploy 1.3 to 1.6). */
import { type Check, type Cloud, entries, get, nameOf, type Resource } from './cloud.ts';

const isOf = (cloud: Cloud, protocol: string, { properties }: Resource): boolean =>
	get(cloud.named(get(properties, 'ApiId'))?.properties, 'ProtocolType') === protocol;

/** A setting of a route that is made later fails the deployment; a throttle that is missing counts as 0. */
export const routeSettings: Check = (cloud) => {
	const routes = cloud.of('AWS::ApiGatewayV2::Route');
	return cloud.of('AWS::ApiGatewayV2::Stage').flatMap((stage) => {
		const settings = entries(get(stage.properties, 'RouteSettings'));
		const defaults = get(stage.properties, 'DefaultRouteSettings');
		const all = defaults === undefined ? settings : [...settings, ['the default', defaults] as const];
		return [
			...settings
				.filter(([key]) => {
					const api = cloud.text(get(stage.properties, 'ApiId'));
					const route = routes.find(({ properties }) => get(properties, 'RouteKey') === key && cloud.text(get(properties, 'ApiId')) === api);
					return !route || !stage.dependsOn.includes(route.id);
				})
				.map(([key]) => `${nameOf(stage)} has settings of the route ${key}, which may not be there yet: make the stage depend on that route.`),
			...all
				.filter(([, one]) => !['ThrottlingRateLimit', 'ThrottlingBurstLimit'].every((name) => Number(get(one, name)) > 0))
				.map(([key]) => `${nameOf(stage)} throttles ${key} to nothing: give it a rate and a burst over 0, both.`),
		];
	});
};

/** A WebSocket API's log needs a role that is set once for the whole account. */
export const socketLogs: Check = (cloud) => {
	const accounts = cloud.of('AWS::ApiGateway::Account').map(({ id }) => id);
	return cloud
		.of('AWS::ApiGatewayV2::Stage')
		.filter((stage) => isOf(cloud, 'WEBSOCKET', stage))
		.filter(({ properties }) => {
			const settings = [get(properties, 'DefaultRouteSettings'), ...entries(get(properties, 'RouteSettings')).map(([, one]) => one)];
			const levels = settings.map((one) => get(one, 'LoggingLevel')).filter((level) => level !== undefined && level !== 'OFF');
			return get(properties, 'AccessLogSettings') !== undefined || levels.length > 0;
		})
		.filter(({ dependsOn }) => !dependsOn.some((id) => accounts.includes(id)))
		.map(
			(stage) => `${nameOf(stage)} writes a log without the account's role for it: turn it off, or add AWS::ApiGateway::Account and depend on it.`,
		);
};

/** A browser sends no Authorization header with a WebSocket: 401 without a call of the function. */
export const socketIdentity: Check = (cloud) =>
	cloud
		.of('AWS::ApiGatewayV2::Authorizer')
		.filter((authorizer) => isOf(cloud, 'WEBSOCKET', authorizer))
		.filter(({ properties }) => cloud.text(get(properties, 'IdentitySource')) !== '')
		.map((authorizer) => `${nameOf(authorizer)} asks for what a browser can't send: its IdentitySource must be an empty list.`);

/** A MOCK without both responses is silent, and CloudFront closes a connection on which the origin says nothing for 10 min. */
export const mockAnswers: Check = (cloud) => {
	const named = (type: string, property: string): (string | undefined)[] =>
		cloud.of(type).map(({ properties }) => cloud.named(get(properties, property))?.id);
	const answered = named('AWS::ApiGatewayV2::IntegrationResponse', 'IntegrationId');
	const routed = named('AWS::ApiGatewayV2::RouteResponse', 'RouteId');
	return cloud
		.of('AWS::ApiGatewayV2::Integration')
		.filter(({ properties }) => get(properties, 'IntegrationType') === 'MOCK')
		.filter(({ id }) => {
			const routes = cloud.of('AWS::ApiGatewayV2::Route').filter(({ properties }) => cloud.text(get(properties, 'Target')).includes(`\${${id}}`));
			return (
				!answered.includes(id) ||
				routes.some((route) => !routed.includes(route.id) || get(route.properties, 'RouteResponseSelectionExpression') === undefined)
			);
		})
		.map((integration) => `${nameOf(integration)} never answers: give it an IntegrationResponse, and its routes a RouteResponse.`);
};
