/** References go from App to Data, never back (first-deploy 1.1). */
import { type Check, get, type Json, nameOf } from './cloud.ts';

const imports = (json: Json): boolean =>
	typeof json === 'object' && json !== null && (get(json, 'Fn::ImportValue') !== undefined || Object.values(json).some(imports));

export const oneWay: Check = (cloud) =>
	cloud.resources
		.filter(({ stack, properties }) => stack === 'Data' && imports(properties))
		.map((resource) => `${nameOf(resource)} refers to another stack, which refers to Data: what needs that stack belongs into it.`);

const lasting = ['AWS::DynamoDB::Table', 'AWS::EFS::FileSystem', 'AWS::Cognito::UserPool'];

/** What holds what users made stands in Data. */
export const lastingPlace: Check = (cloud) =>
	cloud.resources
		.filter(({ stack, type }) => lasting.includes(type) && stack !== 'Data')
		.map((resource) => `${nameOf(resource)} holds what users made, and goes with its stack: make it in Data.`);
