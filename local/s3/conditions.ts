/** Preconditions and ranges. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html */
import { notCovered, S3Problem } from './problem.ts';

interface There {
	etag: string;
	/** ms since 1970 */
	modified: number;
}

const failed = (name: string): S3Problem =>
	new S3Problem('PreconditionFailed', `At least one of the pre-conditions you specified did not hold: ${name}`);
const tagsIn = (text: string): string[] => text.split(',').map((one) => one.trim().replace(/^W\//, ''));
const sameTag = (wanted: string, etag: string): boolean => tagsIn(wanted).some((one) => one === '*' || one === etag || `"${one}"` === etag);

/** Headers know whole seconds. */
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Gives whether whoever asks has it already. @throws S3Problem */
export const checkRead = (headers: Readonly<Record<string, string>>, { etag, modified }: There): 'send' | 'not modified' => {
	const { 'if-match': match, 'if-none-match': none, 'if-modified-since': since, 'if-unmodified-since': until } = headers;
	if (match !== undefined && !sameTag(match, etag)) throw failed('If-Match');
	if (match === undefined && until !== undefined && seconds(modified) > seconds(Date.parse(until))) throw failed('If-Unmodified-Since');
	if (none !== undefined) return sameTag(none, etag) ? 'not modified' : 'send';
	return since !== undefined && seconds(modified) <= seconds(Date.parse(since)) ? 'not modified' : 'send';
};

/** @throws S3Problem when a write may not take place */
export const checkWrite = (headers: Readonly<Record<string, string>>, there: There | undefined): void => {
	const { 'if-match': match, 'if-none-match': none } = headers;
	if (none !== undefined && none !== '*') throw notCovered('If-None-Match of a write, other than *');
	if (none !== undefined && there) throw failed('If-None-Match');
	if (match === undefined) return;
	if (!there) throw new S3Problem('NoSuchKey', 'The specified key does not exist.');
	if (!sameTag(match, there.etag)) throw failed('If-Match');
};

/** First and last byte; undefined: all of it, as when several ranges are asked for. @throws S3Problem */
export const readRange = (range: string | undefined, size: number): { first: number; last: number } | undefined => {
	const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? [];
	if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
	const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
	const last = from === '' || to === '' ? size - 1 : Math.min(size - 1, Number(to));
	if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
	if (first > last || (from === '' && Number(to) === 0)) throw new S3Problem('InvalidRange', 'The requested range is not satisfiable');
	return { first, last };
};
