/** Objects by AWS's own command line, unmodified: copied in parts, listed, handed on by an address, refused in AWS's words. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AwsCli, createAwsCli } from '../../support/aws-cli.ts';
import { keys, type ServedS3, serveS3 } from './served.ts';

/** ms: a command of Python's takes seconds on a busy machine */
const patience = 300_000;

let served: ServedS3;
let cli: AwsCli;
let home: string;
beforeAll(async () => {
	served = await serveS3();
	home = served.world.folder('home');
	const environment = {
		AWS_ENDPOINT_URL: `${served.base}/s3`,
		AWS_ACCESS_KEY_ID: keys.accessKeyId,
		AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
		AWS_DEFAULT_REGION: keys.region,
		AWS_CONFIG_FILE: join(home, 'config'),
	};
	// version 1 still presigns by the older signature unless it is told
	writeFileSync(join(home, 'config'), '[default]\ns3 =\n    signature_version = s3v4\n    addressing_style = path\n');
	cli = await createAwsCli(environment, home);
}, patience);
afterAll(() => served.remove());

it('copies there and back in parts, lists, presigns, deletes', { timeout: patience }, async () => {
	const bytes = randomBytes(17 * 1024 * 1024);
	const [from, back] = [join(home, 'from'), join(home, 'back')];
	writeFileSync(from, bytes);
	const at = `s3://${served.bucket}/snapshots/one.tar`;
	expect(await cli.byOption('s3', 'cp', '--no-progress', from, at)).toMatchObject({ code: 0, error: '' });
	expect((await served.ask('HEAD', '/snapshots/one.tar')).headers.get('etag')).toMatch(/-3"$/);
	expect((await cli.byOption('s3', 'ls', `s3://${served.bucket}/snapshots/`)).out).toMatch(new RegExp(` ${bytes.length} one.tar`));
	expect((await cli.byOption('s3', 'ls', `s3://${served.bucket}/`)).out).toContain('PRE snapshots/');
	expect(await cli.byOption('s3', 'cp', '--no-progress', at, back)).toMatchObject({ code: 0 });
	expect(readFileSync(back).equals(bytes)).toBe(true);
	const address = (await cli.byOption('s3', 'presign', at, '--expires-in', '60')).out.trim();
	expect(Buffer.from(await (await fetch(address)).arrayBuffer()).equals(bytes)).toBe(true);
	expect(await cli.byOption('s3', 'rm', '--recursive', `s3://${served.bucket}/snapshots/`)).toMatchObject({ code: 0 });
	const none = await cli.byOption('s3api', 'get-object', '--bucket', served.bucket, '--key', 'snapshots/one.tar', back);
	expect([none.code !== 0, none.error]).toEqual([true, expect.stringContaining('NoSuchKey')]);
});
