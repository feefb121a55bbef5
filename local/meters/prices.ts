/** AWS's list prices in us-east-1, on demand and without free tiers, in US dollars, as of November 2026: the only place that has them. */
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
