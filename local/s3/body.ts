/** Bodies and their checksums. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c, crc64nvme } from './crc.ts';
import { notCovered, S3Problem } from './problem.ts';
import type { S3Request } from './request.ts';

const crcBytes = (bytes: Buffer): Buffer => {
	const out = Buffer.alloc(4);
	out.writeUInt32BE(crc32(bytes));
	return out;
};

const algorithms: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
	'x-amz-checksum-crc32': crcBytes,
	'x-amz-checksum-crc32c': crc32c,
	'x-amz-checksum-crc64nvme': crc64nvme,
	'x-amz-checksum-sha1': (bytes) => createHash('sha1').update(bytes).digest(),
	'x-amz-checksum-sha256': (bytes) => createHash('sha256').update(bytes).digest(),
};
/** those that say something about checksums, and are none */
export const aboutChecksums = /^x-amz-checksum-(?:algorithm|mode|type)$/;

/** `<hex length>\r\n<bytes>\r\n` until a length of 0, then headers. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
const unchunk = (body: Buffer): { bytes: Buffer; trailers: Record<string, string> } => {
	const malformed = new S3Problem('InvalidRequest', 'The body is not aws-chunked as it says');
	const parts: Buffer[] = [];
	let at = 0;
	for (;;) {
		const end = body.indexOf('\r\n', at);
		const head = end < 0 ? '' : body.toString('latin1', at, end);
		if (!/^[0-9a-f]{1,8}$/i.test(head)) throw malformed;
		const length = Number.parseInt(head, 16);
		at = end + 2;
		if (length === 0) break;
		if (body.toString('latin1', at + length, at + length + 2) !== '\r\n') throw malformed;
		parts.push(body.subarray(at, at + length));
		at += length + 2;
	}
	const lines = body.toString('latin1', at).split('\r\n').filter(Boolean);
	const trailers = Object.fromEntries(
		lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
	);
	return { bytes: Buffer.concat(parts), trailers };
};

export interface Checked {
	bytes: Buffer;
	/** header and value, when the client sent one */
	checksum?: readonly [string, string];
}

/** @throws S3Problem when what came isn't what was sent */
export const checkBody = ({ headers, body }: Pick<S3Request, 'headers' | 'body'>): Checked => {
	const streaming = headers['x-amz-content-sha256'] === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
	const { bytes, trailers } = streaming ? unchunk(body) : { bytes: body, trailers: {} };
	const decoded = headers['x-amz-decoded-content-length'];
	if (streaming && decoded !== undefined && Number(decoded) !== bytes.length) throw new S3Problem('InvalidRequest', 'The body has another length');
	const md5 = headers['content-md5'];
	if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5)
		throw new S3Problem('BadDigest', 'The Content-MD5 you specified did not match what we received.');
	const stated = Object.entries({ ...headers, ...trailers }).filter(([name]) => name.startsWith('x-amz-checksum-') && !aboutChecksums.test(name));
	for (const [name, value] of stated) {
		const compute = algorithms[name];
		if (!compute) throw notCovered(`checksum ${name}`);
		if (compute(bytes).toString('base64') !== value)
			throw new S3Problem('BadDigest', `The ${name.slice('x-amz-checksum-'.length).toUpperCase()} you specified did not match what we received.`);
	}
	return { bytes, ...(stated[0] && { checksum: stated[0] }) };
};
