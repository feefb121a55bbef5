/** The environment variables of the functions, by name: infra sets them, config.ts reads them. Nothing else may read the environment. */
export const env = {
	/** name of the one table */
	table: 'SHELLPOD_TABLE',
	/** ARN of the ECS cluster */
	cluster: 'SHELLPOD_CLUSTER',
	/** first part of `startedBy` of each task: tells this deployment's tasks from others in the cluster; `[a-z0-9-]{1,12}` */
	deployment: 'SHELLPOD_DEPLOYMENT',
	/** comma-separated ids of the public subnets that have a mount target */
	subnets: 'SHELLPOD_SUBNETS',
	/** id of the tasks' security group */
	securityGroup: 'SHELLPOD_TASK_SECURITY_GROUP',
	/** ARN of the task definition that each Home's own is made from: same containers and sizes, with the Home's volume and role */
	taskDefinition: 'SHELLPOD_TASK_DEFINITION',
	/** id of the file system of all Homes */
	fileSystem: 'SHELLPOD_FILE_SYSTEM',
	/** IAM path of the roles of Homes, with slashes at both ends */
	homeRolePath: 'SHELLPOD_HOME_ROLE_PATH',
	/** ARN of the permissions boundary that each Home's role must have */
	homeRoleBoundary: 'SHELLPOD_HOME_ROLE_BOUNDARY',
	/** ARN that the Home's role may invoke: `POST /agent/*` of the HTTP API; the boundary says which of them there are */
	agentRoute: 'SHELLPOD_AGENT_ROUTE',
	/** https endpoint of @connections, stage included, no slash at the end; agents connect to the same with wss */
	connections: 'SHELLPOD_CONNECTIONS',
	/** origin of the page, as a browser says it; viewers connect to `/ws` on it */
	pageOrigin: 'SHELLPOD_PAGE_ORIGIN',
	/** issuer of access tokens */
	issuer: 'SHELLPOD_ISSUER',
	/** the page's client at the identity provider */
	clientId: 'SHELLPOD_CLIENT_ID',
	/** https base of the identity provider's own pages (/oauth2/authorize, /oauth2/token, /oauth2/revoke, /logout) */
	signInBase: 'SHELLPOD_SIGN_IN',
	/** how many sessions a user may have, start in an hour, and make in a day */
	maxSessions: 'SHELLPOD_MAX_SESSIONS',
	startsPerHour: 'SHELLPOD_STARTS_PER_HOUR',
	createsPerDay: 'SHELLPOD_CREATES_PER_DAY',
	/** hours that a session may run without its user being seen by the control plane itself */
	unattendedHours: 'SHELLPOD_UNATTENDED_HOURS',
	/** US dollars a month, or `none`: the budget of users who have set none, and the most that anybody's sessions may cost */
	defaultBudget: 'SHELLPOD_DEFAULT_BUDGET',
	maxBudget: 'SHELLPOD_MAX_BUDGET',
	/** how many free slots are kept ready */
	freeSlots: 'SHELLPOD_FREE_SLOTS',
	/** seconds that an agent may take to begin, and again to connect, before its start fails */
	agentSeconds: 'SHELLPOD_AGENT_SECONDS',
	/** how often in half an hour a session that ended unasked comes back by itself */
	automaticRestarts: 'SHELLPOD_AUTOMATIC_RESTARTS',
} as const;

/** In the container; set in the task definition. */
export const taskEnv = {
	/** https base of the HTTP API, for `POST /agent/tickets` and `POST /agent/report` */
	api: 'SHELLPOD_API',
} as const;

export type EnvName = (typeof env)[keyof typeof env];
/** days that the temporary password of an invitation is good for */
export const invitationDays = 7;
/** The name of the container in the task definition, and of its volume. */
export const container = 'session';
export const homeVolume = 'home';
/** ECS tag that everything made at run time carries, so that teardown finds it. */
export const madeByTag = 'shellpod:deployment';
