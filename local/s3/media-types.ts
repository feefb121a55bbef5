/** Content types by a file's ending, as `aws s3 sync` sets them. */
const types: Record<string, string> = {
	html: 'text/html',
	js: 'text/javascript',
	mjs: 'text/javascript',
	css: 'text/css',
	json: 'application/json',
	map: 'application/json',
	webmanifest: 'application/manifest+json',
	svg: 'image/svg+xml',
	png: 'image/png',
	ico: 'image/vnd.microsoft.icon',
	woff2: 'font/woff2',
	txt: 'text/plain',
	wasm: 'application/wasm',
};

export const mediaTypeOf = (file: string): string => types[file.slice(file.lastIndexOf('.') + 1).toLowerCase()] ?? 'binary/octet-stream';
