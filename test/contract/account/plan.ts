/** What asking an account would do, and cost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Behaviour } from '../../../local/behaviours/behaviour.ts';
import { isAsked } from './ask.ts';
import { notAsked } from './not-asked.ts';
import type { Question } from './question.ts';

const Template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });

/** What the template makes: how many of each type. */
export const madeBy = (assembly: string): [type: string, count: number][] => {
	const { Resources } = Template.parse(JSON.parse(readFileSync(join(assembly, 'Contract.template.json'), 'utf8')));
	const counts = new Map<string, number>();
	for (const { Type } of Object.values(Resources)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
	return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
};

/** Dollars in us-east-1, rounded up; what is not here costs nothing that could be shown. https://aws.amazon.com/pricing/ */
const prices: readonly [what: string, dollars: number][] = [
	['Fargate: 6 tasks of 0.25 vCPU and 0.5 GB (ARM), 3 minutes each, with public addresses: 0.3 h at $0.015', 0.005],
	['DynamoDB: about 1,000 write units for sights, 2,500 for items of 300 KB, as many reads', 0.003],
	['API Gateway: about 1,500 messages and requests', 0.002],
	['Lambda: about 1,200 invocations of at most 256 MB', 0.003],
	['ECR: 60 MB of image, kept by the CDK bootstrap until `cdk gc`, a month', 0.006],
];

const longPrice: readonly [what: string, dollars: number] = ['API Gateway: connections of 2 hours, a message a minute', 0.001];

export interface PlanOptions {
	questions: readonly Question[];
	behaviours: readonly Behaviour[];
	/** folder with the contract stack's cloud assembly */
	assembly: string;
	long: boolean;
}

export const planOf = ({ questions, behaviours, assembly, long }: PlanOptions): string => {
	const asked = questions.filter((question) => isAsked(question, 'account', long));
	const later = questions.filter((question) => !asked.includes(question));
	const covered = new Set(questions.flatMap(({ ids }) => ids));
	const documented = behaviours.filter(({ id }) => !covered.has(id) && notAsked[id] === undefined).map(({ id }) => id);
	const costs = long ? [...prices, longPrice] : prices;
	const minutes = Math.max(0, ...asked.map((question) => question.minutes ?? 0));
	return [
		'The stack shellpod-contract, which AWS CloudFormation makes (about 6 minutes) and destroys (about 8):',
		...madeBy(assembly).map(([type, count]) => `  ${String(count).padStart(3)} ${type}`),
		'  Made by the questions, and removed at the end: 2 access points, 1 role, about 40 task definitions (they stay, inactive), 6 tasks',
		'',
		`${asked.length} questions, of ${asked.flatMap(({ ids }) => ids).length} behaviours; about ${15 + minutes} minutes:`,
		...asked.map(({ ids, asks }) => `  ${ids.join(' ')}: ${asks}`),
		'',
		...(later.length
			? ['Asked with --long only:', ...later.map(({ ids, asks, minutes: taken }) => `  ${ids.join(' ')}: ${asks} (${taken} min)`), '']
			: []),
		'Not asked:',
		...Object.entries(notAsked).map(([id, why]) => `  ${id}: ${why}`),
		`  documented, and no question: ${documented.join(' ')}`,
		'',
		'Price in us-east-1, without taxes and free tiers:',
		...costs.map(([what, dollars]) => `  $${dollars.toFixed(3)}  ${what}`),
		`  $${costs.reduce((sum, [, dollars]) => sum + dollars, 0).toFixed(3)}  together`,
	].join('\n');
};
