/**
 * Every fault that the stand-ins can be asked for, by the name that `--faults` knows. A service adds its own here.
 * chance: how often it happens, in percent of the times that it could. duration: how long it takes; what is given as one value is a mean.
 * count: a whole number.
 */

export const chances = {
	reorder: 'a message, or a post, arrives up to 300 ms late, and others overtake it',
	drop: 'a post is answered with 200 and never arrives',
	dup: 'a post arrives twice, as after an answer that was lost',
	throttle: 'a post, and all to that connection for up to half a second, is answered with 429',
	'slow-consumer': 'the buffer of a connection counts as full for 1 to 5 s: posts to it are answered with 429',
	'half-open': 'a connection that broke goes on to take posts with 200 for up to a minute, then it is 410 and $disconnect comes',
	'disconnect-lost': '$disconnect never comes',
	'disconnect-late': '$disconnect comes 0.1 to 120 s late, most often after the next $connect of the same client',
	'disconnect-dup': '$disconnect comes twice',
	upgrade: 'an upgrade is answered with 429, 500 or 503',
	'cold-start': "an environment's start takes 150 to 500 ms more, one in a hundred up to a second",
	recycle: 'an environment ends after an event, with all that its modules knew',
	crash: 'an environment dies when its handler has done its work: the caller hears that it failed',
	skew: "an environment's clock is up to 2 s ahead or behind",
	'async-dup': 'an asynchronous invocation happens twice, up to a minute apart',
	'event-late': 'an event of EventBridge, or the minute of a schedule, comes 1 s to 5 min late',
	'event-dup': 'an event of EventBridge comes twice, up to a minute apart; a schedule fires twice',
	'event-lost': 'an event of EventBridge never comes; a schedule skips a minute',
	'event-refused': 'a target refuses an event, and EventBridge tries again as its retry policy says',
	'ddb-throttle': 'a call of the table is refused with ProvisionedThroughputExceededException or ThrottlingException',
	'ddb-error': 'a call of the table is answered with InternalServerError, and nothing was done',
	'ddb-late-error': 'a write is done, and answered with InternalServerError',
	'ddb-conflict': 'a write meets TransactionConflictException',
	'pool-throttle': 'the user pool answers a request for tokens with 429',
	'ttl-lazy': 'an expired item is never deleted',
	'ecs-throttled': 'a call of ECS is a ThrottlingException',
	'ecs-fails': 'a call of ECS is a ServerException before it did anything',
	'run-answer-lost': 'RunTask is not answered: its task was made, or was not',
	'stop-answer-lost': 'StopTask is not answered: it was done, or was not',
	'stop-ignored': 'StopTask is answered and nothing follows',
	'no-capacity': 'RunTask answers that there is no capacity, or that the account may not run more',
	'list-stale': 'a new task is not described for up to 10 s, nor listed for up to 60 s',
	'network-fails': 'a task gets no network interface: TaskFailedToStart',
	'image-fails': "a task's image can't be pulled in time: TaskFailedToStart",
	'image-missing': "a task's image is not there, or not made for its machine: TaskFailedToStart",
	'home-fails': "a task's Home can't be mounted: TaskFailedToStart",
	'home-denied': 'EFS refuses a task its Home: TaskFailedToStart',
	'never-comes-up': 'a task stays PENDING until it is stopped',
	'never-connects': 'a task runs, and nothing in it reaches anything outside',
} as const;

export const durations = {
	delay: 'a post takes this long',
	'ecs-start': 'a task takes this long to start: a quarter of it PROVISIONING, the rest pulling its image',
	retired: 'a task runs this long, then AWS stops it for maintenance',
	'host-lost': 'a task runs this long, then its machine is gone: no SIGTERM, no exit code',
	'out-of-memory': 'a task runs this long, then the kernel kills it: 137',
	'ddb-stale': 'eventually consistent reads of the table show a write this late',
	'index-lag': 'a global index shows a write this late',
	'jwks-slow': 'the user pool takes this long to give its keys',
	'pool-slow': 'the user pool takes this long to give tokens',
	'ttl-lag': 'an expired item is deleted this late',
	cut: 'a connection lives this long, then it is cut: nothing said (1006), 1011 or 1012',
} as const;

export const counts = {
	'lambda-concurrency': 'so many invocations at once in the whole account, as in a new one with 10; 1,000 without it',
} as const;

export type ChanceName = keyof typeof chances;
export type DurationName = keyof typeof durations;
export type CountName = keyof typeof counts;
