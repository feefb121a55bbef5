/**
 * The condition keys that calls to the stand-ins carry, with how many values each can have. A policy that asks for another one is refused:
 * a key that is never there would make a condition true or false by accident. Names are not case-sensitive, as on AWS.
 */
export type Values = 'one' | 'many';

const conditionKeys = {
	'aws:PrincipalAccount': 'one',
	'aws:PrincipalArn': 'one',
	'aws:SecureTransport': 'one',
	'aws:SourceAccount': 'one',
	'aws:SourceArn': 'one',
	'aws:TagKeys': 'many',
	'dynamodb:LeadingKeys': 'many',
	'ecs:CreateAction': 'one',
	'ecs:cluster': 'one',
	'elasticfilesystem:AccessPointArn': 'one',
	'elasticfilesystem:AccessedViaMountTarget': 'one',
	'elasticfilesystem:CreateAction': 'one',
	'iam:PassedToService': 'one',
	'iam:PermissionsBoundary': 'one',
	's3:delimiter': 'one',
	's3:prefix': 'one',
} as const satisfies Record<string, Values>;

/** Of what is asked about: each of its tags is a key. A tag's name is case-sensitive. */
type TagKey = `aws:ResourceTag/${string}`;

export type ConditionKey = keyof typeof conditionKeys | TagKey;

export const valuesOf = (key: ConditionKey): Values => (isTagKey(key) ? 'one' : conditionKeys[key]);

const tagPrefix = 'aws:ResourceTag/';
const isTagKey = (key: string): key is TagKey => key.startsWith(tagPrefix);

/** What is known about a call; a key that isn't there is absent. */
export type Context = Partial<Record<ConditionKey, readonly string[]>>;

const byLowerCase = new Map(Object.keys(conditionKeys).map((key) => [key.toLowerCase(), key as ConditionKey]));
export const findConditionKey = (name: string): ConditionKey | undefined =>
	name.toLowerCase().startsWith(tagPrefix.toLowerCase()) ? `aws:ResourceTag/${name.slice(tagPrefix.length)}` : byLowerCase.get(name.toLowerCase());
