/**
 * What runs in the task of the contract stack: says what it finds there, by requests that the task's role signs, and ends as it is told.
 *   PROBE_API base of the HTTP API, PROBE_MARK whose question it is, PROBE_END `<exit code>`, `term` or `deaf`
 */
import { chmodSync, chownSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createSignedFetch } from '../../../../functions/signed-fetch.ts';

/** where the file system is mounted */
const home = '/home/dev';
const { PROBE_API = '', PROBE_MARK = '', PROBE_END = '0', ECS_CONTAINER_METADATA_URI_V4 = '' } = process.env;

/** the code of what went wrong, or 'done' */
const outcome = (work: () => void): string => {
	try {
		work();
		return 'done';
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error);
	}
};

/** How many names one file can have, the first counted; undefined: more than were tried. */
const maxLinks = (): number | undefined => {
	const folder = `${home}/links-${process.pid}`;
	mkdirSync(folder);
	writeFileSync(`${folder}/0`, '');
	let at = 1;
	while (at < 200 && outcome(() => linkSync(`${folder}/0`, `${folder}/${at}`)) === 'done') at += 1;
	rmSync(folder, { recursive: true });
	return at < 200 ? at : undefined;
};

const files = 100;

/** ms that making or removing a file takes */
const metadataMs = (): number => {
	const begun = performance.now();
	for (let at = 0; at < files; at += 1) {
		writeFileSync(`${home}/many-${at}`, '');
		rmSync(`${home}/many-${at}`);
	}
	return (performance.now() - begun) / files / 2;
};

const aboutHome = (): object => {
	const root = statSync(home);
	const file = `${home}/file`;
	writeFileSync(file, 'x');
	chmodSync(file, 0o640);
	const made = statSync(file);
	return {
		root: [root.uid, root.gid, (root.mode & 0o7777).toString(8)],
		file: [made.uid, made.gid],
		chown: outcome(() => chownSync(file, 1, 1)),
		maxLinks: maxLinks(),
		metadataMs: metadataMs(),
	};
};

const ask = async (url: string): Promise<Record<string, unknown>> => {
	const token = process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
	const answer = await fetch(url, token ? { headers: { authorization: token } } : {});
	return (await answer.json()) as Record<string, unknown>;
};

const credentials = await ask(
	process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? `http://169.254.170.2${process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}`,
);
const identity = {
	region: process.env.AWS_REGION ?? '',
	accessKeyId: String(credentials.AccessKeyId),
	secretAccessKey: String(credentials.SecretAccessKey),
	sessionToken: String(credentials.Token),
};
const post = createSignedFetch(identity, 'execute-api', { attemptMs: 5_000, totalMs: 20_000, retries: 3, pauseMs: 500 });
const tell = async (kind: string, said: object): Promise<void> => {
	const body = JSON.stringify({ mark: PROBE_MARK, kind, at: Date.now(), ...said });
	await post(`${PROBE_API}/told`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
};

process.on('SIGTERM', async () => {
	await tell('term', {});
	if (PROBE_END !== 'deaf') process.exit(0);
});
const metadata = await ask(`${ECS_CONTAINER_METADATA_URI_V4}/task`);
await tell('started', { uid: process.getuid?.(), metadata, expiration: credentials.Expiration, home: aboutHome() });
if (/^\d+$/.test(PROBE_END)) process.exit(Number(PROBE_END));
setInterval(() => {}, 60_000);
