/**
 * AWS addresses in resolved strings become the addresses of their stand-ins. The whole table:
 *
 *   https://<api>.execute-api.<region>.amazonaws.com     <endpoints>/execute-api/<api>     wss:// becomes ws://
 *   https://cognito-idp.<region>.amazonaws.com/<pool>    <endpoints>/cognito-idp/<pool>
 *   https://<prefix>.auth.<region>.amazoncognito.com     <page>/_sign-in/<prefix>          browsers go there, so it is the page's server
 *   https://<distribution>.cloudfront.net                <page>                            wss:// becomes ws://
 */

export interface Bases {
	/** `http://127.0.0.1:<port>` */
	endpoints: string;
	/** `http://localhost:<port>` */
	page: string;
	region: string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const addressRewriter = (bases: Bases): ((text: string) => string) => {
	const region = escaped(bases.region);
	const plain = (base: string, scheme: string): string => (scheme === 'wss' ? base.replace(/^http/, 'ws') : base);
	const executeApi = new RegExp(`\\b(https|wss)://([a-z0-9]+)\\.execute-api\\.${region}\\.amazonaws\\.com`, 'g');
	const issuer = new RegExp(`https://cognito-idp\\.${region}\\.amazonaws\\.com/`, 'g');
	const signIn = new RegExp(`https://([a-z0-9-]+)\\.auth\\.${region}\\.amazoncognito\\.com`, 'g');
	const distribution = /\b(https|wss):\/\/[a-z0-9]+\.cloudfront\.net/g;
	return (text) =>
		text.includes('://')
			? text
					.replace(executeApi, (_, scheme: string, api: string) => `${plain(bases.endpoints, scheme)}/execute-api/${api}`)
					.replace(issuer, `${bases.endpoints}/cognito-idp/`)
					.replace(signIn, (_, prefix: string) => `${bases.page}/_sign-in/${prefix}`)
					.replace(distribution, (_, scheme: string) => plain(bases.page, scheme))
			: text;
};

/** Applies it to each string in a value. */
export const mapStrings = (value: unknown, map: (text: string) => string): unknown => {
	if (typeof value === 'string') return map(value);
	if (Array.isArray(value)) return value.map((one) => mapStrings(one, map));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapStrings(one, map)]));
};
