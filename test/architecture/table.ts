/** Who may import whom: the table of the architecture, as data. The first row whose `part` fits a file is its row. */

export interface Row {
	part: RegExp;
	/** our own files that it may import */
	ours: RegExp[];
	/** our own files of which it may import types besides */
	types?: RegExp[];
	/** packages and Node's modules */
	packages: RegExp[];
}

const node = /^node:/;
const schema = /^zod\/mini$/;

export const table: Row[] = [
	{ part: /^protocol\//, ours: [/^protocol\//], packages: [schema] },
	{
		part: /^functions\/core\//,
		ours: [/^protocol\//, /^functions\/core\//],
		types: [/^functions\/[\w-]*ports\.ts$/],
		packages: [schema, /^node:(crypto|util)$/],
	},
	{
		part: /^functions\/adapters\//,
		ours: [
			/^protocol\//,
			/^functions\/core\/(keys|trail)\.ts$/,
			/^functions\/adapters\/items\.ts$/,
			/^functions\/env\.ts$/,
			/^functions\/signed-fetch\.ts$/,
		],
		types: [/^functions\/[\w-]*ports\.ts$/, /^functions\/core\//],
		packages: [schema, node, /^@aws-sdk\//, /^aws4fetch$/, /^aws-jwt-verify/],
	},
	{
		part: /^functions\/routes\//,
		ours: [/^protocol\//, /^functions\/core\//, /^functions\/routes\//, /^functions\/[\w-]*ports\.ts$/],
		packages: [schema, /^node:crypto$/, /^hono/, /^aws-lambda$/],
	},
	{
		part: /^functions\//,
		ours: [/^protocol\//, /^functions\//],
		packages: [schema, node, /^@aws-sdk\//, /^aws4fetch$/, /^aws-jwt-verify/, /^hono/, /^aws-lambda$/],
	},
	{
		part: /^infra\//,
		ours: [/^protocol\//, /^infra\//, /^functions\/env\.ts$/],
		packages: [node, /^aws-cdk-lib/, /^constructs$/, /^esbuild$/, /^cdk-nag$/],
	},
	{ part: /^task-image\//, ours: [/^protocol\//, /^task-image\//], packages: [schema, node, /^ws$/, /^node-pty$/, /^aws4fetch$/] },
	{
		part: /^frontend\/src\//,
		ours: [/^protocol\//, /^frontend\/src\//],
		packages: [schema, /^solid-js/, /^@solidjs\//, /^@kobalte\//, /^@xterm\//],
	},
	{ part: /^frontend\//, ours: [/^frontend\//], packages: [node, /^vite$/, /^vite-plugin-solid$/] },
	{ part: /^local\//, ours: [/^protocol\//, /^local\//], packages: [schema, node, /^ws$/] },
	{
		// It uses what the functions use; nobody imports it.
		part: /^operator\//,
		ours: [
			/^protocol\//,
			/^operator\//,
			/^functions\/(core|adapters)\//,
			/^functions\/[\w-]*ports\.ts$/,
			/^functions\/(deps|task-deps|env|signed-fetch|sigv4)\.ts$/,
		],
		packages: [node],
	},
	{ part: /^scripts\//, ours: [/^scripts\//], packages: [node, /^@aws-sdk\//] },
	{ part: /^test\//, ours: [/./], packages: [/./] },
	{ part: /^[\w.-]+\.ts$/, ours: [], packages: [/^vitest\/config$/] },
];
