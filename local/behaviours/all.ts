/** All sections, in the order of the checklist. */
import type { Behaviour } from './behaviour.ts';
import { dynamodb } from './dynamodb.ts';
import { ecs } from './ecs.ts';
import { efs } from './efs.ts';
import { gateway } from './gateway.ts';
import { lambda } from './lambda.ts';
import { others } from './others.ts';

export const sections: Readonly<Record<string, readonly Behaviour[]>> = {
	'A gateway': gateway,
	'B Lambda': lambda,
	'C DynamoDB': dynamodb,
	'D ECS': ecs,
	'E EFS': efs,
	'F others': others,
};
