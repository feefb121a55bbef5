// npm run claude-code [-- WORDS]: the hooks that the image gives Claude Code, tried with the real one, of the version that the image has; with WORDS
// only the tests whose names have them. Its licence lets nobody hand it on, and it is 370 MB: so it is fetched from npm when this runs first, and
// stays in node_modules/.cache. No account is needed: its model is a server of the test's. Exit code 1 when a test failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { npm } from './lib/packages.mjs';
import { node24, root, run, withNode24 } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';

const version = /^ARG CLAUDE_CODE_VERSION=(\d+\.\d+\.\d+)$/m.exec(readFileSync(join(root, 'task-image/Dockerfile'), 'utf8'))?.[1];
if (version === undefined) fail('task-image/Dockerfile names no whole version of Claude Code: ARG CLAUDE_CODE_VERSION=1.2.3');

const folder = join(root, 'node_modules/.cache/claude-code', version);
const program = join(folder, 'node_modules/.bin/claude');

const isThere = async () => existsSync(program) && (await run(program, ['--version'])).output.startsWith(version);

await bootstrap();
if (!(await isThere())) {
	say(`Fetching Claude Code ${version} from npm (370 MB) ...`);
	const { code, output } = await npm(['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `@anthropic-ai/claude-code@${version}`]);
	if (code !== 0 || !(await isThere())) fail(`Claude Code ${version} could not be had from npm:\n${output.trimEnd()}`);
}
const words = process.argv.slice(2).join(' ');
const { code } = await run(
	node24,
	[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/claude-code/vitest.config.ts', ...(words ? ['-t', words] : [])],
	{ show: true, env: { ...withNode24(), CLAUDE_CODE: program } },
);
process.exitCode = code;
