/**
 * AWS's list prices, on demand and without free tiers, in US dollars: the only place that has them. The control plane reckons with them what a user is
 * shown, the stand-ins and the benches what a run would have cost.
 */

/** the day on which they were last compared with the sources below */
export const pricesAsOf = '2026-11-01';
export const pricesRegion = 'us-east-1';

export const prices = {
	/** a message of up to 32 KB on a WebSocket, in or out; a minute of a connection; a request of up to 512 KB. https://aws.amazon.com/api-gateway/pricing/ */
	messageUnit: 1 / 1e6,
	connectionMinute: 0.25 / 1e6,
	requestUnit: 1 / 1e6,
	/** https://aws.amazon.com/lambda/pricing/ , arm64 */
	invocation: 0.2 / 1e6,
	gigabyteSecond: 0.000_013_333_4,
	/** and a GB for a month. https://aws.amazon.com/dynamodb/pricing/on-demand/ */
	readUnit: 0.125 / 1e6,
	writeUnit: 0.625 / 1e6,
	tableGigabyteMonth: 0.25,
	/** GB that comes into a log. https://aws.amazon.com/cloudwatch/pricing/ */
	logGigabyte: 0.5,
	/** an hour of 1 vCPU and of 1 GB, arm64. https://aws.amazon.com/fargate/pricing/ */
	vcpuHour: 0.032_38,
	memoryHour: 0.003_56,
	/** an hour of a public IPv4 address. https://aws.amazon.com/vpc/pricing/ */
	addressHour: 0.005,
} as const;

/** hours of a month, as AWS reckons */
export const monthHours = 730;

/** bytes of a message on a WebSocket that are charged for as one. https://aws.amazon.com/api-gateway/pricing/ */
export const messageUnitBytes = 32 * 1024;

/** The machine that each session's task has, with a public address. */
export const machine = { vcpus: 1, gigabytes: 2 } as const;

/** of a session's task */
export const taskHour: number = machine.vcpus * prices.vcpuHour + machine.gigabytes * prices.memoryHour + prices.addressHour;

/**
 * What Fargate charges for, in whole seconds and a minute at least: from when the image is pulled until the task is STOPPED.
 * https://aws.amazon.com/fargate/pricing/
 */
export const taskLeastMs = 60_000;
