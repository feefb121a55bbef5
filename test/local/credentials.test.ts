import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCredentialStore } from '../../local/credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('credentials', () => {
	const store = createCredentialStore(folder);
	const task = { roleArn: 'arn:aws:iam::000000000000:role/home', sessionName: 'task' };

	it("look like AWS's temporary ones, and are known again by their key", () => {
		const issued = store.issue(task);
		expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
		expect(issued.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
		expect(store.find(issued.accessKeyId)).toEqual({ principal: task, secretAccessKey: issued.secretAccessKey });
		expect(store.find('ASIANOBODY')).toBeUndefined();
	});

	it('are one set per principal, over restarts too', () => {
		const issued = store.issue(task);
		expect(createCredentialStore(folder).issue(task)).toEqual(issued);
		expect(store.issue({ ...task, sessionName: 'other' }).accessKeyId).not.toBe(issued.accessKeyId);
		expect(createCredentialStore(folder).find(issued.accessKeyId)?.principal).toEqual(task);
	});

	it('lie in a file that only its owner can read', () => {
		const file = join(folder, 'credentials.json');
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(2);
	});
});
