/** MOCK integrations: what the gateway answers by itself. Templates must be plain text; a mapping language's signs are refused by name. */
import type { ApiDefinition, Route } from '../api-gateway/definitions.ts';
import { integrationOf } from '../api-gateway/definitions.ts';

const plain = (template: string, where: string): string => {
	if (/[$#]/.test(template)) throw new Error(`${where}: local mode knows templates without expressions only`);
	return template;
};

/** `\$default` in an expression is the text `$default`. */
const selected = (expression: string | undefined): string => (expression ?? '$default').replace(/^\\/, '');

/** The text that a MOCK route sends, or undefined when it is silent: no route response, or no integration response that fits. */
export const mockAnswer = (api: ApiDefinition, routeId: string, route: Route): string | undefined => {
	const where = `WebSocket API ${api.id}, ${route.RouteKey}`;
	const { id, integration } = integrationOf(api, route);
	const request = integration.RequestTemplates?.[selected(integration.TemplateSelectionExpression)];
	if (request === undefined) throw new Error(`${where}: a MOCK needs a request template with a statusCode`);
	const { statusCode } = JSON.parse(plain(request, where)) as { statusCode?: unknown };
	if (!api.routeResponses.has(routeId)) return undefined;
	const responses = api.integrationResponses.filter((one) => one.IntegrationId === id);
	const response =
		responses.find((one) => one.IntegrationResponseKey === `/${String(statusCode)}/`) ??
		responses.find((one) => one.IntegrationResponseKey === '$default');
	const template = response?.ResponseTemplates?.[selected(response.TemplateSelectionExpression)];
	return template === undefined ? undefined : plain(template, where);
};
