/** What the contract stack puts out. */
import * as z from 'zod/mini';

const text = z.string();

export const Outputs = z.object({
	/** WebSocket APIs, with their stage; one as the product's, one without `$connect` and `$default`, one that wants `?ticket=` */
	PlainSocket: text,
	BareSocket: text,
	GuardedSocket: text,
	/** @connections of the first */
	Connections: text,
	/** base of the HTTP API */
	Http: text,
	/** ARN of what a task calls */
	ToldRoute: text,
	Table: text,
	/** names of functions: to try things on, and one that may never run */
	Scratch: text,
	Blocked: text,
	Cluster: text,
	FileSystem: text,
	FileSystemArn: text,
	/** ids, with commas between them */
	Subnets: text,
	Group: text,
	ExecutionRole: text,
	Image: text,
});
export type Outputs = z.infer<typeof Outputs>;
