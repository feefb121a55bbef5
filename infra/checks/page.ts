/** CloudFront in front of page and APIs (first-deploy 1.2, 1.17). */
import { type Check, type Cloud, get, type Json, list, nameOf } from './cloud.ts';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html, CachingDisabled */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html, AllViewerExceptHostHeader */
const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

const configOf = (properties: Json): Json | undefined => get(properties, 'DistributionConfig');

const behavioursOf = (properties: Json): Json[] => {
	const config = configOf(properties);
	return [get(config, 'DefaultCacheBehavior'), ...list(get(config, 'CacheBehaviors'))].filter((one) => one !== undefined);
};

const originOf = (cloud: Cloud, properties: Json, behaviour: Json): Json | undefined =>
	list(get(configOf(properties), 'Origins')).find((origin) => cloud.text(get(origin, 'Id')) === cloud.text(get(behaviour, 'TargetOriginId')));

/** An API gets the request whole but for the Host, which it would answer with 403; and its answers are nobody else's. */
export const apiBehaviours: Check = (cloud) =>
	cloud.of('AWS::CloudFront::Distribution').flatMap((distribution) =>
		behavioursOf(distribution.properties).flatMap((behaviour) => {
			const origin = originOf(cloud, distribution.properties, behaviour);
			const domain = cloud.text(get(origin, 'DomainName'));
			if (!domain.includes('.execute-api.')) return [];
			const where = `${nameOf(distribution)} ${cloud.text(get(behaviour, 'PathPattern'))}`;
			const api = cloud.resources.find(({ id, type }) => type === 'AWS::ApiGatewayV2::Api' && domain.includes(`\${${id}}`));
			const stages = cloud.of('AWS::ApiGatewayV2::Stage').filter(({ properties }) => cloud.named(get(properties, 'ApiId'))?.id === api?.id);
			const named = stages.map(({ properties }) => `/${cloud.text(get(properties, 'StageName'))}`);
			return [
				...(get(behaviour, 'OriginRequestPolicyId') === allButHost
					? []
					: [`${where} hands on the Host header, for which the API answers 403: use AllViewerExceptHostHeader.`]),
				...(get(behaviour, 'CachePolicyId') === cachingDisabled ? [] : [`${where} may keep an answer for somebody else: use CachingDisabled.`]),
				...(methods.every((method) => list(get(behaviour, 'AllowedMethods')).includes(method))
					? []
					: [`${where} lets not all methods through: allow all seven.`]),
				...(get(origin, 'OriginPath') === undefined ? [] : [`${where} rewrites the path: remove OriginPath, a stage is named as its path.`]),
				...(get(api?.properties, 'ProtocolType') !== 'WEBSOCKET' || named.includes(cloud.text(get(behaviour, 'PathPattern')))
					? []
					: [`${where} leads to the stages ${named.join(', ')}: name the stage as the path.`]),
			];
		}),
	);

/** They would turn an API's 404 into the page, with 200. */
export const errorResponses: Check = (cloud) =>
	cloud
		.of('AWS::CloudFront::Distribution')
		.filter(({ properties }) => list(get(configOf(properties), 'CustomErrorResponses')).length > 0)
		.map(
			(distribution) =>
				`${nameOf(distribution)} has error responses, which count for its APIs too: route pages by the function of the default behaviour.`,
		);

/** A tab that is open asks for the files of its own version. */
export const pruning: Check = (cloud) =>
	cloud
		.of('Custom::CDKBucketDeployment')
		.filter(({ properties }) => get(properties, 'Prune') !== false)
		.map((deployment) => `${nameOf(deployment)} removes files that open tabs ask for: say prune: false.`);
