import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missing } from '../../scripts/lib/tools.mjs';

const script = new URL('../../scripts/lib/tools.mjs', import.meta.url).href;

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-tools-'));
	mkdirSync(join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A system whose apt-get does what is given; `bring` asks it for two packages that are nowhere else. */
const withAptGet = (body: string) => {
	const file = join(folder, 'bin/apt-get');
	writeFileSync(file, `#!/bin/sh\necho "$@" >>"${folder}/asked"\n${body}\n`);
	chmodSync(file, 0o755);
};
const bring = (): { line: string; said: string } => {
	const table = { 'one-package': [join(folder, 'one')], 'other-package': ['other-command-of-shellpod'] };
	const code = `import { bringTools } from '${script}'; console.log(await bringTools(${JSON.stringify(table)}));`;
	const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
	const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' });
	return { line: stdout.trim(), said: stderr.trim() };
};

describe('tools of the system', () => {
	it('are looked for as commands and as files', () => {
		expect(missing({ a: ['sh', '/etc/passwd'], b: ['no-such-command'], c: ['/no/such/file'] })).toEqual(['b', 'c']);
	});

	it('that are missing are installed, and it is said which', () => {
		withAptGet(`case "$*" in *install*) touch "${folder}/one"; printf '#!/bin/sh\\n' >"${folder}/bin/other-command-of-shellpod";; esac`);
		expect(bring()).toEqual({ line: 'undefined', said: 'Installing one-package, other-package with apt-get ...' });
	});

	it('that can’t be installed are one line', () => {
		withAptGet(`case "$*" in *install*) echo "E: Unable to locate package one-package" >&2; exit 100;; esac`);
		expect(bring().line).toBe("ShellPod needs one-package, other-package, and apt-get can't install them: Unable to locate package one-package");
	});

	it('need the network once: a failing update alone is no failure', () => {
		withAptGet(`case "$*" in *update*) exit 100;; *) touch "${folder}/one" "${folder}/bin/other-command-of-shellpod";; esac`);
		expect(bring().line).toBe('undefined');
	});
});
