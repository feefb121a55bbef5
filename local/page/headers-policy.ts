/** Response headers policies. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html */
import * as z from 'zod/mini';

const override = { Override: z.boolean() };

export const HeadersPolicyConfig = z.strictObject({
	Name: z.string(),
	Comment: z.optional(z.string()),
	SecurityHeadersConfig: z.optional(
		z.strictObject({
			ContentSecurityPolicy: z.optional(z.strictObject({ ContentSecurityPolicy: z.string(), ...override })),
			ContentTypeOptions: z.optional(z.strictObject(override)),
			FrameOptions: z.optional(z.strictObject({ FrameOption: z.string(), ...override })),
			ReferrerPolicy: z.optional(z.strictObject({ ReferrerPolicy: z.string(), ...override })),
			StrictTransportSecurity: z.optional(
				z.strictObject({
					AccessControlMaxAgeSec: z.number(),
					IncludeSubdomains: z.optional(z.boolean()),
					Preload: z.optional(z.boolean()),
					...override,
				}),
			),
			XSSProtection: z.optional(
				z.strictObject({ Protection: z.boolean(), ModeBlock: z.optional(z.boolean()), ReportUri: z.optional(z.string()), ...override }),
			),
		}),
	),
	CustomHeadersConfig: z.optional(z.strictObject({ Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), ...override })) })),
	RemoveHeadersConfig: z.optional(z.strictObject({ Items: z.array(z.strictObject({ Header: z.string() })) })),
});

interface PolicyHeader {
	name: string;
	value: string;
	override: boolean;
}

export interface HeadersPolicy {
	set: readonly PolicyHeader[];
	remove: readonly string[];
}

export const readHeadersPolicy = (config: z.infer<typeof HeadersPolicyConfig>): HeadersPolicy => {
	const security = config.SecurityHeadersConfig ?? {};
	const set: PolicyHeader[] = [];
	const add = (name: string, value: string, { Override }: { Override: boolean }): void => void set.push({ name, value, override: Override });
	const { ContentSecurityPolicy: csp, ContentTypeOptions: sniff, FrameOptions: frame, ReferrerPolicy: referrer } = security;
	const { StrictTransportSecurity: hsts, XSSProtection: xss } = security;
	if (csp) add('content-security-policy', csp.ContentSecurityPolicy, csp);
	if (sniff) add('x-content-type-options', 'nosniff', sniff);
	if (frame) add('x-frame-options', frame.FrameOption, frame);
	if (referrer) add('referrer-policy', referrer.ReferrerPolicy, referrer);
	if (hsts) {
		const parts = [`max-age=${hsts.AccessControlMaxAgeSec}`, hsts.IncludeSubdomains && 'includeSubDomains', hsts.Preload && 'preload'];
		add('strict-transport-security', parts.filter(Boolean).join('; '), hsts);
	}
	if (xss) add('x-xss-protection', xss.Protection ? `1${xss.ModeBlock ? '; mode=block' : ''}` : '0', xss);
	for (const { Header: name, Value: value, Override } of config.CustomHeadersConfig?.Items ?? []) add(name.toLowerCase(), value, { Override });
	return { set, remove: (config.RemoveHeadersConfig?.Items ?? []).map(({ Header: name }) => name.toLowerCase()) };
};

type Pairs = readonly (readonly [string, string])[];

export const applyHeadersPolicy = ({ set, remove }: HeadersPolicy, headers: Pairs): Pairs => {
	const kept = headers.filter(([name]) => !remove.includes(name.toLowerCase()));
	const has = (name: string): boolean => kept.some(([one]) => one.toLowerCase() === name);
	const added = set.filter((one) => one.override || !has(one.name));
	const names = new Set(added.map((one) => one.name));
	return [...kept.filter(([name]) => !names.has(name.toLowerCase())), ...added.map((one) => [one.name, one.value] as const)];
};
