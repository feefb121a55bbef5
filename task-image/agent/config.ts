import * as z from 'zod/mini';

const TaskEnvironment = z.object({
	/** base of the HTTP API, e.g. https://abc.execute-api.us-east-1.amazonaws.com */
	SHELLPOD_API: z.string().check(z.regex(/^https?:\/\/[^/]+(\/.*)?$/)),
	AWS_REGION: z.string().check(z.regex(/^[a-z0-9-]+$/)),
	AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: z.optional(z.string().check(z.regex(/^\//))),
	AWS_CONTAINER_CREDENTIALS_FULL_URI: z.optional(z.string().check(z.regex(/^https?:\/\//))),
	AWS_CONTAINER_AUTHORIZATION_TOKEN: z.optional(z.string()),
	AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: z.optional(z.string()),
});

const Environment = z.extend(TaskEnvironment, {
	HOME: z.string().check(z.regex(/^\//)),
	/** where the tmux socket lies: outlives the agent's process, not the task */
	SHELLPOD_RUN: z.string().check(z.regex(/^\//)),
	/** PATH of what runs in the session */
	SHELLPOD_PATH: z.optional(z.string()),
	USER: z.optional(z.string()),
	SHELL: z.optional(z.string()),
	LANG: z.optional(z.string()),
	PATH: z.string(),
});

/** What it takes to ask the control plane for something. */
export interface TaskConfig {
	api: string;
	region: string;
	credentials: { uri: string; token: string | undefined; tokenFile: string | undefined };
}

export interface Config extends TaskConfig {
	home: string;
	/** directory of the tmux socket */
	run: string;
	/** the whole environment of the session's tmux: nothing of the agent's own */
	sessionEnvironment: Readonly<Record<string, string>>;
}

/** Where ECS answers a task's question for its credentials. */
const ecsCredentials = 'http://169.254.170.2';

type Variables = Readonly<Record<string, string | undefined>>;

const read = <S extends z.ZodMiniType>(schema: S, environment: Variables): z.infer<S> => {
	const parsed = schema.safeParse(environment);
	if (parsed.success) return parsed.data;
	const names = new Set(parsed.error.issues.map((issue) => issue.path.join('.')));
	throw new Error(`missing or wrong in the environment: ${[...names].join(', ')}`);
};

const taskConfigOf = (env: z.infer<typeof TaskEnvironment>): TaskConfig => {
	const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
	const uri = relative ? `${ecsCredentials}${relative}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
	if (!uri) throw new Error('missing in the environment: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI');
	return {
		api: env.SHELLPOD_API.replace(/\/+$/, ''),
		region: env.AWS_REGION,
		credentials: { uri, token: env.AWS_CONTAINER_AUTHORIZATION_TOKEN, tokenFile: env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE },
	};
};

/** Throws as `readConfig` does. */
export const readTaskConfig = (environment: Variables): TaskConfig => taskConfigOf(read(TaskEnvironment, environment));

/** Throws an Error that names, in one line, each variable that is missing or wrong. */
export const readConfig = (environment: Variables): Config => {
	const env = read(Environment, environment);
	const user = env.USER ?? 'dev';
	return {
		...taskConfigOf(env),
		home: env.HOME,
		run: env.SHELLPOD_RUN,
		sessionEnvironment: {
			HOME: env.HOME,
			USER: user,
			LOGNAME: user,
			SHELL: env.SHELL ?? '/bin/bash',
			LANG: env.LANG ?? 'C.UTF-8',
			PATH: env.SHELLPOD_PATH ?? env.PATH,
			TERM: 'xterm-256color',
			COLORTERM: 'truecolor',
		},
	};
};
