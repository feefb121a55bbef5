/** What lifecycle rules of the template end. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
import * as z from 'zod/mini';

export const LifecycleConfiguration = z.strictObject({
	Rules: z.array(
		z.strictObject({
			Id: z.optional(z.string()),
			Status: z.enum(['Enabled', 'Disabled']),
			Prefix: z._default(z.string(), ''),
			ExpirationInDays: z.optional(z.int().check(z.gte(1))),
			AbortIncompleteMultipartUpload: z.optional(z.strictObject({ DaysAfterInitiation: z.int().check(z.gte(1)) })),
		}),
	),
});
export type Rule = z.infer<typeof LifecycleConfiguration>['Rules'][number];

const day = 24 * 3_600_000;

/** Documented: so many days later, at the next midnight UTC. */
const endAfter = (from: number, days: number): number => (Math.floor((from + days * day) / day) + 1) * day;

const due = (rules: readonly Rule[], key: string, from: number, now: number, daysOf: (rule: Rule) => number | undefined): boolean =>
	rules.some((rule) => {
		const days = rule.Status === 'Enabled' && key.startsWith(rule.Prefix) ? daysOf(rule) : undefined;
		return days !== undefined && endAfter(from, days) <= now;
	});

/** @param from, now ms since 1970 */
export const objectIsDue = (rules: readonly Rule[], key: string, from: number, now: number): boolean =>
	due(rules, key, from, now, (rule) => rule.ExpirationInDays);

export const uploadIsDue = (rules: readonly Rule[], key: string, from: number, now: number): boolean =>
	due(rules, key, from, now, (rule) => rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation);
