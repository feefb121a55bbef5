/** What ECS remembers. JSON as it is, so that it can be kept on disk. Times are milliseconds since 1970. */
import type { Overrides, RegisterTaskDefinition } from './requests.ts';

export interface Tag {
	key: string;
	value: string;
}

export interface Definition {
	arn: string;
	family: string;
	revision: number;
	status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
	spec: RegisterTaskDefinition;
	tags: Tag[];
	registeredAt: number;
	registeredBy: string;
	deregisteredAt?: number;
}

/** documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type Status = 'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';

export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'TerminationNotice' | 'InfrastructureHealth';

export interface ContainerRecord {
	name: string;
	arn: string;
	runtimeId: string;
	image: string;
	lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
	exitCode?: number;
	reason?: string;
}

/** What faults have in store for a task: drawn when it is made, so that it stays so over a restart. Times are ms. */
export interface Fate {
	/** how long PROVISIONING takes, and the pull before its container starts */
	slow?: { provisioning: number; pull: number };
	/** why it fails to start, how long that takes, and before which state */
	failure?: { before: 'PENDING' | 'ACTIVATING'; after: number; reason: string };
	/** it never leaves PENDING by itself */
	stuck?: true;
	/** nothing that runs in it reaches anything */
	apart?: true;
	/** what ends it, counted from RUNNING */
	end?: { by: 'retirement' | 'host' | 'memory'; after: number };
}

export interface TaskRecord {
	id: string;
	arn: string;
	cluster: string;
	definition: string;
	family: string;
	group: string;
	startedBy?: string;
	overrides: Overrides;
	subnet: string;
	/** as the request says it; without one the task can't pull its image */
	publicIp: boolean;
	tags: Tag[];
	cpu: string;
	memory: string;
	lastStatus: Status;
	desiredStatus: 'RUNNING' | 'STOPPED';
	/** +1 on every change that is told in an event */
	version: number;
	containers: ContainerRecord[];
	createdAt: number;
	pullStartedAt?: number;
	pullStoppedAt?: number;
	startedAt?: number;
	stoppingAt?: number;
	executionStoppedAt?: number;
	stoppedAt?: number;
	stopCode?: StopCode;
	stoppedReason?: string;
	/** when it moves on by itself; absent while it waits for its container */
	dueAt?: number;
	/** ms between SIGTERM and SIGKILL where it is less than the definition's stopTimeout */
	grace?: number;
	/** when SIGTERM's grace is over */
	killAt?: number;
	fate?: Fate;
	/** PENDING, and its container was not asked for yet */
	withheld?: true;
	/** what ends its container, of which the container's code says nothing */
	struck?: 'host' | 'memory';
	/** from when on DescribeTasks and ListTasks know it */
	describedFrom?: number;
	listedFrom?: number;
}

/** documented: docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
export interface Token {
	cluster: string;
	token: string;
	/** the request without its token */
	request: string;
	at: number;
	tasks: string[];
	failures: Failure[];
}

export interface Failure {
	arn?: string;
	reason: string;
	detail?: string;
}

export interface EcsState {
	format: 1;
	/** names */
	clusters: string[];
	/** the last revision of each family; a number is never used twice */
	revisions: Record<string, number>;
	definitions: Definition[];
	tasks: TaskRecord[];
	tokens: Token[];
}

export const emptyEcs = (): EcsState => ({ format: 1, clusters: [], revisions: {}, definitions: [], tasks: [], tokens: [] });
