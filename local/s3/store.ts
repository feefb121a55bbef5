/**
 * Objects as files, the one owner of their layout: `<bucket>/data/<id>` has the bytes, `<bucket>/objects/<hash of the key>.json` says what they are,
 * `<bucket>/uploads/<id>/` has the parts of an upload. An object is replaced in one step, and a kill leaves the old one or the new one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeWhole } from '../disk.ts';

export interface Described {
	key: string;
	/** as they were set, lower-case names */
	headers: Readonly<Record<string, string>>;
	/** `x-amz-meta-...` */
	metadata: Readonly<Record<string, string>>;
}

export interface StoredObject extends Described {
	/** name of the file with its bytes */
	data: string;
	size: number;
	/** with its quotes */
	etag: string;
	/** ms since 1970 */
	modified: number;
	/** header and value, as the client sent it */
	checksum?: readonly [string, string];
}

export interface Part {
	number: number;
	size: number;
	/** with its quotes */
	etag: string;
}

export interface Upload extends Described {
	/** ms since 1970 */
	begun: number;
	parts: Record<number, Part>;
}

/** Bytes that are there and belong to no object yet. */
export interface Staged {
	data: string;
	size: number;
	/** hex */
	md5: string;
}

const md5Of = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const newId = (): string => randomBytes(16).toString('hex');
const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

/** @param folder absolute path; is made */
export const openBucket = (folder: string) => {
	const [data, index, uploads] = ['data', 'objects', 'uploads'].map((name) => join(folder, name)) as [string, string, string];
	for (const one of [data, index, uploads]) mkdirSync(one, { recursive: true, mode: 0o700 });
	const objects = new Map<string, StoredObject>();
	for (const name of readdirSync(index).filter((one) => one.endsWith('.json'))) {
		const object = readJson<StoredObject>(join(index, name));
		objects.set(object.key, object);
	}
	const used = new Set([...objects.values()].map((one) => one.data));
	for (const name of readdirSync(data)) if (!used.has(name)) rmSync(join(data, name));

	const indexFile = (key: string): string => join(index, `${createHash('sha256').update(key).digest('hex')}.json`);
	const uploadFolder = (id: string): string => join(uploads, id);
	const partFile = (id: string, number: number): string => join(uploadFolder(id), String(number));
	const descriptionOf = (id: string): string => join(uploadFolder(id), 'upload.json');

	return {
		get: (key: string): StoredObject | undefined => objects.get(key),
		all: (): StoredObject[] => [...objects.values()],
		fileOf: ({ data: name }: Pick<StoredObject, 'data'>): string => join(data, name),

		async stage(bytes: Buffer): Promise<Staged> {
			const staged = { data: newId(), size: bytes.length, md5: md5Of(bytes) };
			await writeFile(join(data, staged.data), bytes, { mode: 0o600 });
			return staged;
		},
		async copyFrom(file: string): Promise<Pick<Staged, 'data'>> {
			const name = newId();
			await copyFile(file, join(data, name));
			return { data: name };
		},
		discard: (staged: Pick<Staged, 'data'>): void => rmSync(join(data, staged.data), { force: true }),
		/** From now on the key has these bytes. In one step, so that a condition that held still holds. */
		put(object: StoredObject): void {
			const before = objects.get(object.key);
			writeWhole(indexFile(object.key), JSON.stringify(object));
			objects.set(object.key, object);
			if (before && before.data !== object.data) rmSync(join(data, before.data), { force: true });
		},
		remove(key: string): void {
			const before = objects.get(key);
			if (!before) return;
			objects.delete(key);
			rmSync(indexFile(key), { force: true });
			rmSync(join(data, before.data), { force: true });
		},

		begin(upload: Upload): string {
			const id = newId();
			mkdirSync(uploadFolder(id), { mode: 0o700 });
			writeWhole(descriptionOf(id), JSON.stringify(upload));
			return id;
		},
		upload: (id: string): Upload | undefined =>
			/^[0-9a-f]{32}$/.test(id) && existsSync(descriptionOf(id)) ? readJson<Upload>(descriptionOf(id)) : undefined,
		uploads: (): string[] => readdirSync(uploads).filter((id) => existsSync(descriptionOf(id))),
		/** Undefined: the upload has ended meanwhile. */
		async addPart(id: string, number: number, bytes: Buffer): Promise<Part | undefined> {
			const file = partFile(id, number);
			const next = `${file}.${newId()}`;
			const written = await writeFile(next, bytes, { mode: 0o600 }).then(
				() => existsSync(descriptionOf(id)),
				(error: NodeJS.ErrnoException) => {
					if (error.code !== 'ENOENT') throw error;
					return false;
				},
			);
			if (!written) return undefined;
			const part = { number, size: bytes.length, etag: `"${md5Of(bytes)}"` };
			const upload = readJson<Upload>(descriptionOf(id));
			upload.parts[number] = part;
			renameSync(next, file);
			writeWhole(descriptionOf(id), JSON.stringify(upload));
			return part;
		},
		/** Its parts one after the other. */
		async join(id: string, numbers: readonly number[]): Promise<Omit<Staged, 'md5'>> {
			const name = newId();
			const out = createWriteStream(join(data, name), { mode: 0o600 });
			await pipeline(async function* () {
				for (const number of numbers) yield* createReadStream(partFile(id, number)) as AsyncIterable<Buffer>;
			}, out);
			return { data: name, size: out.bytesWritten };
		},
		end: (id: string): void => rmSync(uploadFolder(id), { recursive: true, force: true }),
	};
};

export type Bucket = ReturnType<typeof openBucket>;
