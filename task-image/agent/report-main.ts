/** `report <kind> <text>`: what the entrypoint says when it fails. Always ends with 0: it can't be mended here. */
import { readFile } from 'node:fs/promises';
import { AgentReport } from '@shellpod/protocol/http.ts';
import { systemClock } from './clock.ts';
import { readTaskConfig } from './config.ts';
import { createCredentials } from './credentials.ts';
import { ask } from './http.ts';
import { createReport } from './report.ts';
import { createSignedPost } from './signed-post.ts';

const log = (line: string): void => console.error(`report: ${line}`);

try {
	const [kind, text] = process.argv.slice(2);
	const report = AgentReport.parse({ kind, text });
	const { api, region, credentials: source } = readTaskConfig(process.env);
	const credentials = createCredentials({ clock: systemClock, ask, readFile: (path) => readFile(path, 'utf8'), source });
	await createReport({ clock: systemClock, post: createSignedPost({ api, region, credentials, ask }), log })(report.kind, report.text);
} catch (error) {
	log(error instanceof Error ? error.message : String(error));
}
process.exit();
