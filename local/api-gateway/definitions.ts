/** What a template says about APIs, read property by property: one that isn't known here is refused by name. */
import * as z from 'zod/mini';

const text = z.string();
const anyText = z.optional(text);
const templates = z.optional(z.record(text, text));
const tags = z.optional(z.unknown());

export const Api = z.strictObject({
	Name: anyText,
	Description: anyText,
	ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
	RouteSelectionExpression: anyText,
	DisableExecuteApiEndpoint: z.optional(z.literal(false)),
	Tags: tags,
});

export const Integration = z.strictObject({
	ApiId: text,
	Description: anyText,
	IntegrationType: z.enum(['AWS_PROXY', 'MOCK']),
	IntegrationUri: anyText,
	IntegrationMethod: anyText,
	PayloadFormatVersion: z.optional(z.literal(['1.0', '2.0'])),
	RequestTemplates: templates,
	TemplateSelectionExpression: anyText,
	PassthroughBehavior: anyText,
	TimeoutInMillis: z.optional(z.number()),
});
export type Integration = z.infer<typeof Integration>;

export const Route = z.strictObject({
	ApiId: text,
	RouteKey: text,
	Target: anyText,
	AuthorizationType: z._default(z.enum(['NONE', 'JWT', 'AWS_IAM', 'CUSTOM']), 'NONE'),
	AuthorizerId: anyText,
	AuthorizationScopes: z._default(z.array(text), []),
	RouteResponseSelectionExpression: anyText,
	OperationName: anyText,
	ApiKeyRequired: z.optional(z.literal(false)),
});
export type Route = z.infer<typeof Route>;

export const RouteResponse = z.strictObject({ ApiId: text, RouteId: text, RouteResponseKey: z.literal('$default') });

export const IntegrationResponse = z.strictObject({
	ApiId: text,
	IntegrationId: text,
	IntegrationResponseKey: text,
	ResponseTemplates: templates,
	TemplateSelectionExpression: anyText,
});
export type IntegrationResponse = z.infer<typeof IntegrationResponse>;

export const Authorizer = z.strictObject({
	ApiId: text,
	Name: anyText,
	AuthorizerType: z.enum(['JWT', 'REQUEST']),
	IdentitySource: z._default(z.array(text), []),
	JwtConfiguration: z.optional(z.strictObject({ Issuer: text, Audience: z.array(text) })),
	AuthorizerUri: anyText,
});
export type Authorizer = z.infer<typeof Authorizer>;

const settings = z.strictObject({
	ThrottlingRateLimit: z.optional(z.number()),
	ThrottlingBurstLimit: z.optional(z.number()),
	DetailedMetricsEnabled: z.optional(z.boolean()),
	DataTraceEnabled: z.optional(z.boolean()),
	LoggingLevel: z.optional(z.literal(['OFF', 'ERROR', 'INFO'])),
});
export type RouteSettings = z.infer<typeof settings>;

export const Stage = z.strictObject({
	ApiId: text,
	StageName: text,
	AutoDeploy: z.optional(z.boolean()),
	DeploymentId: anyText,
	Description: anyText,
	RouteSettings: z._default(z.record(text, settings), {}),
	DefaultRouteSettings: z.optional(settings),
	AccessLogSettings: z.optional(z.unknown()),
	Tags: tags,
});
export type Stage = z.infer<typeof Stage>;

/** One API with all that belongs to it. */
export interface ApiDefinition {
	id: string;
	protocol: 'HTTP' | 'WEBSOCKET';
	routeSelectionExpression: string;
	integrations: Map<string, Integration>;
	integrationResponses: IntegrationResponse[];
	routes: Map<string, Route>;
	/** ids of routes that answer */
	routeResponses: Set<string>;
	authorizers: Map<string, Authorizer>;
	stages: Map<string, Stage>;
}

/** The integration that a route leads to; throws when the template names none. */
export const integrationOf = (api: ApiDefinition, route: Route): { id: string; integration: Integration } => {
	const id = route.Target?.replace(/^integrations\//, '') ?? '';
	const integration = api.integrations.get(id);
	if (!integration) throw new Error(`route ${route.RouteKey} has no integration`);
	return { id, integration };
};
