/**
 * What a stand-in is: it provides resources of the template, answers SDK calls, and runs beside the others in one process.
 * Its behaviour lives in a pure machine of its own; the stand-in drives that machine with sockets, processes and the wall clock.
 */
import type { Readable } from 'node:stream';
import type { FaultPlan } from './faults/faults.ts';
import type { Context } from './iam/evaluator/keys.ts';
import type { Policy } from './iam/evaluator/policy.ts';
import type { Meters } from './meters/meters.ts';

/** A resource of the template with its intrinsics resolved. */
export interface ResourceInput {
	stack: string;
	logicalId: string;
	type: string;
	properties: Record<string, unknown>;
	/** ARNs and ids of the deployment that names are made of */
	region: string;
	account: string;
}

export interface ResourceOutput {
	/** what `Ref` gives */
	ref: string;
	/** what `Fn::GetAtt` gives, by attribute name */
	attributes: Record<string, string>;
}

/** Who signed an SDK call. */
export interface Principal {
	/** ARN of the role, or of the operator */
	roleArn: string;
	/** role session name: a function's name or a task's id */
	sessionName: string;
}

export interface AwsRequest {
	method: string;
	/** path after the service's prefix, not decoded, beginning with a slash */
	path: string;
	query: URLSearchParams;
	/** lower-case names */
	headers: Record<string, string>;
	body: Buffer;
	principal: Principal;
}

export interface AwsResponse {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** instead of `body`, of what is too large for it */
	stream?: { readonly from: Readable; readonly length: number };
}

/** One thing that a call must be allowed to do; most need one, some several (an operation on two resources, a role that is passed on). */
export interface Need {
	/** `service:Operation` */
	action: string;
	/** ARNs, each of which must be allowed; `*` for what has no resource */
	resources: readonly string[];
	/** condition keys beside those of every call */
	context?: Context;
	/** the resources' own policy */
	policy?: Policy | undefined;
}

/** What a call needs; undefined when that isn't known, so that nobody but the operator may make it. */
export type NeedsOf = (request: AwsRequest) => Need[] | undefined;

export type AwsHandler = (request: AwsRequest) => Promise<AwsResponse>;

/** A request that nobody signed: an address that is a secret by itself, or that checks a token of its own. */
export type OpenRequest = Omit<AwsRequest, 'principal'>;
export type OpenHandler = (request: OpenRequest) => Promise<AwsResponse>;

export interface StandIn {
	/** CloudFormation resource types that it provides */
	readonly types: readonly string[];
	/** Makes the resource, or finds it in the kept state. Called in dependency order at each start; the same input gives the same output. */
	create(input: ResourceInput): ResourceOutput | Promise<ResourceOutput>;
	/** SDK endpoints that it answers, by the name in `AWS_ENDPOINT_URL_<NAME>`, e.g. `ECS`, `EFS`, `IAM`, `DYNAMODB` */
	readonly endpoints?: Readonly<Record<string, AwsHandler>>;
	/** What calls to those endpoints need, by the same names. An endpoint that isn't here is the operator's alone. */
	readonly needs?: Readonly<Record<string, NeedsOf>>;
	/** What the same server answers to unsigned requests, by the first part of the path: `task` serves `<endpointBase>/task/...` */
	readonly open?: Readonly<Record<string, OpenHandler>>;
	/** All resources exist: begin to work, adopt what runs. */
	start?(): Promise<void>;
	/** The machine is shut down: end within the grace that is left. */
	stop?(): Promise<void>;
	/** process ids on the host */
	pids?(): number[];
}

/** Temporary credentials, as the real ones are handed out. */
export interface Credentials {
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken: string;
}

/** The one place that makes credentials and knows whose they are; kept on disk, so that a task's outlive the stack. */
export interface CredentialStore {
	issue(principal: Principal): Credentials;
	find(accessKeyId: string): { principal: Principal; secretAccessKey: string } | undefined;
}

/** What an image is built from: an entry of `dockerImages` in the assets manifest. */
export interface ImageSource {
	/** absolute path of the staged build context */
	directory: string;
	/** Dockerfile's path in the context; default `Dockerfile` */
	dockerFile?: string;
	/** last stage to build; default the Dockerfile's last */
	target?: string;
}

/** What stand-ins share. */
export interface World {
	/** absolute path of this stand-in's folder under the state folder; exists */
	folder(name: string): string;
	readonly region: string;
	readonly account: string;
	readonly credentials: CredentialStore;
	/** `http://127.0.0.1:<port>` of the SDK endpoints; kept over restarts, so that running tasks find it again */
	readonly endpointBase: string;
	/** base of the page, `http://localhost:<port>` */
	readonly pageBase: string;
	/** absolute path of a file asset's folder in the cloud assembly, by the asset's hash; throws when there is none */
	asset(hash: string): string;
	/** environment that points an AWS SDK at the stand-ins, credentials left out */
	sdkEnvironment(): Record<string, string>;
	/** where the image of this address comes from, `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<asset hash>`; undefined: no such asset */
	image?(uri: string): ImageSource | undefined;
	/** publishes an event on the default event bus */
	publish(event: { source: string; 'detail-type': string; resources: string[]; detail: unknown }): void;
	/** one line for the operator */
	log(line: string): void;
	/** what AWS would charge for */
	readonly meters: Meters;
	/** what goes wrong, by service */
	readonly faults: FaultPlan;
	now(): Date;
}
