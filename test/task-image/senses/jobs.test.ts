/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { type Work, workOf } from '@shellpod/task-image/agent/senses/jobs.ts';
import { argvOf, isFed, listeningInodes, type Process, parseStat } from '@shellpod/task-image/agent/senses/processes.ts';
import { describe, expect, it, test } from 'vitest';

const agent = 7;
const house: Process[] = [
	{ pid: 1, parent: 0, group: 1, comm: 'entrypoint', argv: ['bash', 'entrypoint'] },
	{ pid: agent, parent: 1, group: 1, comm: 'node', argv: ['node', 'main.ts'] },
	{ pid: 8, parent: agent, group: 8, comm: 'tmux: client', argv: ['tmux', 'attach'] },
	{ pid: 9, parent: 1, group: 9, comm: 'tmux: server', argv: ['tmux'] },
	{ pid: 10, parent: 9, group: 10, comm: 'shell', argv: ['/bin/bash', '/opt/shellpod/bin/shell'] },
	{ pid: 11, parent: 10, group: 10, comm: 'bash', argv: ['-bash'] },
].map((one) => ({ ageMs: 60_000, stopped: false, listens: false, fed: false, ...one }));

let pid = 100;
const begun = (command: string, changes: Partial<Process> = {}): Process => {
	const own = changes.pid ?? pid++;
	const argv = command.split(' ');
	return {
		pid: own,
		parent: 11,
		group: own,
		comm: (argv[0] ?? '').slice(0, 15),
		argv,
		ageMs: 1_000,
		stopped: false,
		listens: false,
		fed: false,
		...changes,
	};
};
const work = (...processes: Process[]): Work => workOf([...house, ...processes], agent);
const names = (...processes: Process[]): string[] => work(...processes).jobs.map(({ kind, name }) => `${kind} ${name}`);

describe('[A3] jobs', () => {
	it('the house itself is none', () => {
		expect(work()).toEqual({ jobs: [], claudes: [] });
		// the server, while the agent that began it lives
		expect(work(begun('tmux', { parent: agent, comm: 'tmux: server', pid: 50 }), begun('sleep 60', { parent: 50 })).jobs).toHaveLength(1);
	});

	it.each([
		['sleep 3600', 'job sleep 3600'],
		['make -j4 test', 'job make'],
		['make test', 'job make test'],
		['python3 train.py --key s3cr3t', 'job python train.py'],
		['/usr/bin/python3.11 /home/dev/model/train.py', 'job python train.py'],
		['curl https://user:password@example.org/x', 'job curl'],
		['psql -c VACUUM', 'job psql'],
		['bun run build', 'job bun run build'],
	])('%s is one', (command, name) => {
		expect(names(begun(command))).toEqual([name]);
	});

	it.each(['-zsh', 'vim notes.md', 'less log', 'htop', 'tail -f log', 'ssh host', 'python3', 'node', 'psql app', 'watch date'])(
		'%s is none',
		(command) => {
			expect(names(begun(command))).toEqual([]);
		},
	);

	it("an editor's language server is none, what is built from the editor is one", () => {
		const vim = begun('nvim main.ts', { pid: 600 });
		const server = begun('node /usr/local/bin/typescript-language-server --stdio', { parent: 600, pid: 610, group: 610 });
		const typescript = begun('/usr/local/bin/node --max-old-space-size=3072 /home/dev/app/lib/tsserver.js', { parent: 610, group: 610 });
		const go = begun('/home/dev/go/bin/gopls -mode=stdio', { parent: 600 });
		expect(names(vim, server, typescript, go)).toEqual([]);
		expect(names(vim, server, typescript, go, begun('make', { parent: 600, group: 600 }))).toEqual(['job make']);
	});

	it('is one, however many processes it has, and however it came to process 1', () => {
		const [sh, cc] = [begun('sh -c cc', { parent: 200, group: 200 }), begun('cc main.c', { parent: 200, group: 200, ageMs: 10 })];
		expect(names(begun('make all', { pid: 200, group: 200 }), sh, cc)).toEqual(['job make all']);
		expect(names(begun('backup', { parent: 1 }))).toEqual(['job backup']);
	});

	it('a script counts by what it runs', () => {
		expect(names(begun('bash deploy.sh', { pid: 300 }), begun('rsync', { parent: 300, group: 300 }))).toEqual(['job rsync']);
		expect(names(begun('bash'))).toEqual([]);
	});

	it('one that is stopped does nothing', () => {
		expect(names(begun('make', { stopped: true }))).toEqual([]);
	});

	it('one that listens is a server, with all that belongs to it', () => {
		const npm = { ...begun('', { pid: 400, group: 400 }), argv: argvOf('npm run dev\0\0\0') };
		const vite = begun('node /home/dev/app/node_modules/.bin/vite', { parent: 400, group: 400, listens: true });
		expect(names(npm, vite)).toEqual(['server npm run dev']);
	});

	it.each(['npm test', 'npm run test:unit', 'cargo test', 'node --test', 'python3 -m pytest -q', 'node /app/node_modules/.bin/vitest run', 'pytest'])(
		'one that runs tests is a job though it listens: %s',
		(words) => {
			expect(work(begun(words, { group: 400, listens: true })).jobs.map(({ kind }) => kind)).toEqual(['job']);
			const within = begun('node server.js', { parent: 400, group: 400, listens: true });
			expect(work(begun(words, { pid: 400, group: 400 }), within).jobs.map(({ kind }) => kind)).toEqual(['job']);
		},
	);

	it.each(['npm run dev', 'node server.js test', 'go run ./testing', 'python3 -m http.server'])(
		'one that only sounds so is a server: %s',
		(words) => {
			expect(work(begun(words, { listens: true })).jobs.map(({ kind }) => kind)).toEqual(['server']);
		},
	);

	it.each(['python3 -i', 'python3 -q', 'node --inspect', 'node --inspect=0.0.0.0:9229', 'deno repl', 'R --no-save'])(
		'one that asks is none: %s',
		(words) => {
			expect(names(begun(words, { listens: words.startsWith('node') }))).toEqual([]);
		},
	);

	it.each(['python3 -i train.py', 'python3 -', 'node --inspect build.js', 'node --test', 'python3 -c pass'])(
		'one that has something to run is: %s',
		(words) => {
			expect(names(begun(words))).toHaveLength(1);
		},
	);

	it.each(['python3', 'node', 'R --no-save', 'mysql shop', 'psql', 'sqlite3 shop.db'])('one that reads a file or a pipe runs that: %s', (words) => {
		expect(names(begun(words, { fed: true }))).toHaveLength(1);
	});

	it.each(['bash', 'less', 'ssh host'])('what waits for somebody, whatever it reads, is none: %s', (words) => {
		expect(names(begun(words, { fed: true }))).toEqual([]);
	});

	it('Claude Code is none, nor are its own helpers; what it runs in a shell is', () => {
		const claude = begun('claude', { pid: 500 });
		const helper = begun('node mcp-server.js', { parent: 500, pid: 510, group: 510 });
		const helped = begun('sqlite-helper', { parent: 510, group: 510 });
		const background = begun('/bin/bash -c make', { parent: 500, pid: 520, group: 520 });
		const found = work(claude, helper, helped, background, begun('make test', { parent: 520, group: 520 }));
		expect(found.claudes.map(({ pid }) => pid)).toEqual([500]);
		expect(found.jobs.map(({ name }) => name)).toEqual(['make test']);
		for (const words of ['node /usr/local/bin/claude --continue', '/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude.exe daemon run'])
			expect(work(begun(words, { pid: 530 }))).toEqual({ jobs: [], claudes: [{ pid: 530, ageMs: expect.any(Number) }] });
	});
});

test("/proc's words", () => {
	const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 12345 1000 1';
	expect(parseStat(stat)).toEqual({ comm: 'a) b (c', state: 'S', parent: 1, group: 42, startedTicks: 12345 });
	expect(parseStat('')).toBeUndefined();
	const table = ['  sl  local_address', '   0: 0100007F:1F90 00000000:0000 0A 0:0 00:0 0 1000 0 4711 1', '   1: 0:1 0:2 01 0:0 00:0 0 1000 0 4712 1'];
	expect(listeningInodes(table.join('\n'))).toEqual(['4711']);
	expect(argvOf('a\0b c\0')).toEqual(['a', 'b c']);
	expect(['pipe:[4711]', '/home/dev/fit.R', '/tmp/sh-thd.1 (deleted)'].map(isFed)).toEqual([true, true, true]);
	expect(['/dev/pts/3', '/dev/null', 'socket:[4711]', 'anon_inode:[eventpoll]', ''].map(isFed)).toEqual([false, false, false, false, false]);
});
