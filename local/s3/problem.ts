/** What S3 refuses, by its own codes. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */

const statuses = {
	AccessDenied: 403,
	BadDigest: 400,
	EntityTooSmall: 400,
	InvalidArgument: 400,
	InvalidPart: 400,
	InvalidPartOrder: 400,
	InvalidRange: 416,
	InvalidRequest: 400,
	KeyTooLongError: 400,
	MalformedXML: 400,
	MethodNotAllowed: 405,
	NoSuchBucket: 404,
	NoSuchKey: 404,
	NoSuchUpload: 404,
	/** what the stand-in doesn't cover, by name */
	NotImplemented: 501,
	PreconditionFailed: 412,
} as const;

export type S3Code = keyof typeof statuses;

export class S3Problem extends Error {
	readonly code: S3Code;
	readonly status: number;
	constructor(code: S3Code, message: string) {
		super(message);
		this.code = code;
		this.status = statuses[code];
	}
}

export const notCovered = (what: string): S3Problem => new S3Problem('NotImplemented', `local mode's S3 has no ${what}`);
