import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { addStacks } from '../../infra/stacks.ts';
import { acceptedFindings } from './accepted-findings.ts';
import { cdkJson, fixturePage } from './templates.ts';

interface Report {
	pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
}

const folder = mkdtempSync(join(tmpdir(), 'shellpod-nag-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** what cdk-nag finds, by rule and construct path */
const findings = (): { rule: string; path: string }[] => {
	const app = new App({ outdir: folder, context: { ...cdkJson.context, page: fixturePage, 'aws:cdk:bundling-stacks': [] } });
	addStacks(app, readSettings(app.node));
	Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
	expect(() => app.synth()).toThrow();
	const report: Report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8'));
	return report.pluginReports
		.flatMap(({ violations }) => violations)
		.flatMap(({ ruleName, violatingConstructs }) =>
			violatingConstructs.map(({ constructPath }) => ({ rule: ruleName.replace(/\[.*$/, ''), path: constructPath })),
		);
};

describe('[2.5] the rules of AwsSolutions', { timeout: 60_000 }, () => {
	const accepts = (accepted: { rule: string; where: string }, { rule, path }: { rule: string; path: string }) =>
		accepted.rule === rule && path.startsWith(accepted.where);

	test('find nothing that has no answer, and every answer is still needed', () => {
		delete process.env.CDK_VALIDATION;
		const found = findings();
		expect(found.length).toBeGreaterThan(0);
		expect(found.filter((finding) => !acceptedFindings.some((accepted) => accepts(accepted, finding)))).toEqual([]);
		expect(acceptedFindings.filter((accepted) => !found.some((finding) => accepts(accepted, finding)))).toEqual([]);
	});
});
