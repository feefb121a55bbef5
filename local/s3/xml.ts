/** XML as S3 writes and reads it: flat, without attributes. */
import { randomUUID } from 'node:crypto';
import type { AwsResponse } from '../stand-in.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };
const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (one) => escapes[one] ?? one);

const unescapeXml = (text: string): string =>
	text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(amp|lt|gt|quot|apos));/gi, (_, decimal?: string, hex?: string, name?: string) => {
		if (decimal || hex) return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16));
		return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name?.toLowerCase() ?? ''] ?? '';
	});

/** An element's content: text, or elements in order; undefined is left out. */
export type Content = string | number | boolean | undefined | readonly (readonly [name: string, content: Content])[];

export const element = (name: string, content: Content): string => {
	if (content === undefined) return '';
	return `<${name}>${typeof content === 'object' ? content.map(([one, inner]) => element(one, inner)).join('') : escapeXml(String(content))}</${name}>`;
};

const requestId = (): string => randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();

export const s3Xml = (status: number, name: string, content: Content): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId() },
	body: `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, content).replace(`<${name}>`, `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)}`,
});

export const s3Empty = (status: number, headers: Record<string, string> = {}): AwsResponse => ({
	status,
	headers: { 'x-amz-request-id': requestId(), ...headers },
	body: '',
});

/** An error as S3 tells it. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const s3Failure = (status: number, code: string, message: string, more: Content = []): AwsResponse => {
	const id = requestId();
	const detail = typeof more === 'object' ? more : [];
	return {
		status,
		headers: { 'content-type': 'application/xml', 'x-amz-request-id': id },
		body: `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', [['Code', code], ['Message', message], ...detail, ['RequestId', id]])}`,
	};
};

/** What stands in each element of that name; elements in it stay as they are. */
export const elementsOf = (text: string, name: string): string[] =>
	[...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(([, inner = '']) => inner);

/** The text of the first element of that name. */
export const textOf = (text: string, name: string): string | undefined => {
	const [found] = elementsOf(text, name);
	return found === undefined ? undefined : unescapeXml(found.trim());
};

/** Names of the elements in it, each once. */
export const namesIn = (text: string): string[] => [...new Set([...text.matchAll(/<([A-Za-z][\w]*)[\s/>]/g)].map(([, name = '']) => name))];
